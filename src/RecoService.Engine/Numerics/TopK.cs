namespace RecoService.Engine.Numerics;

/// <summary>Keeps the k highest scores offered; ties go to the lower index. NaN is never kept. Reusable, not thread-safe.</summary>
public sealed class TopK
{
    private readonly float[] scores;
    private readonly int[] indexes;

    /// <param name="capacity">How many to keep, at least 0.</param>
    public TopK(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        scores = new float[capacity];
        indexes = new int[capacity];
    }

    public int Capacity => scores.Length;

    public int Count { get; private set; }

    /// <summary>A score at or below it cannot enter any more (equal scores enter only with a lower index); negative infinity while there is room.</summary>
    public float Threshold => Count < Capacity ? float.NegativeInfinity : Capacity == 0 ? float.PositiveInfinity : scores[0];

    public void Clear() => Count = 0;

    public void Offer(int index, float score)
    {
        if (float.IsNaN(score))
            return;
        if (Count < Capacity)
        {
            SiftUp(Count++, index, score);
        }
        else if (Capacity > 0 && IsWorse(scores[0], indexes[0], score, index))
        {
            SiftDown(Count, index, score);
        }
    }

    /// <summary>Empties the queue into the spans, best first, and returns how many there were.</summary>
    public int Drain(Span<int> bestIndexes, Span<float> bestScores)
    {
        var count = Count;
        for (var place = count - 1; place >= 0; place--)
        {
            bestIndexes[place] = indexes[0];
            bestScores[place] = scores[0];
            SiftDown(place, indexes[place], scores[place]);
        }

        Count = 0;
        return count;
    }

    private static bool IsWorse(float score, int index, float otherScore, int otherIndex) =>
        score < otherScore || (score == otherScore && index > otherIndex);

    private void SiftUp(int place, int index, float score)
    {
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!IsWorse(score, index, scores[parent], indexes[parent]))
                break;
            (scores[place], indexes[place]) = (scores[parent], indexes[parent]);
            place = parent;
        }

        (scores[place], indexes[place]) = (score, index);
    }

    private void SiftDown(int count, int index, float score)
    {
        var place = 0;
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= count)
                break;
            if (child + 1 < count && IsWorse(scores[child + 1], indexes[child + 1], scores[child], indexes[child]))
                child++;
            if (!IsWorse(scores[child], indexes[child], score, index))
                break;
            (scores[place], indexes[place]) = (scores[child], indexes[child]);
            place = child;
        }

        (scores[place], indexes[place]) = (score, index);
    }
}
