namespace RecoService.Engine.Numerics;

/// <summary>Keeps the k highest scores offered; ties go to the lower index. NaN is never kept. Reusable, not thread-safe.</summary>
public sealed class TopK
{
    /// <summary>A heap, the lowest first. The score's ordered bits stand above the complement of the index, so that one comparison of numbers tells which entry is the better.</summary>
    private long[] keys;

    /// <param name="capacity">How many to keep, at least 0.</param>
    public TopK(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        keys = new long[capacity];
        Capacity = capacity;
        Clear();
    }

    public int Capacity { get; private set; }

    public int Count { get; private set; }

    /// <summary>A score at or below it cannot enter any more (equal scores enter only with a lower index); negative infinity while there is room.</summary>
    public float Threshold { get; private set; }

    public void Clear()
    {
        Count = 0;
        Threshold = Capacity == 0 ? float.PositiveInfinity : float.NegativeInfinity;
    }

    /// <summary>Empties it, to keep so many from now on; allocates only what it has never had.</summary>
    public void Resize(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        if (keys.Length < capacity)
            keys = new long[capacity];
        Capacity = capacity;
        Clear();
    }

    public void Offer(int index, float score)
    {
        if (score < Threshold || float.IsNaN(score) || Capacity == 0)
            return;
        var key = KeyOf(index, score);
        if (Count < Capacity)
            SiftUp(Count++, key);
        else if (key > keys[0])
            SiftDown(Count, key);
        else
            return;
        if (Count == Capacity)
            Threshold = ScoreOf(keys[0]);
    }

    /// <summary>Empties the queue into the spans, best first, and returns how many there were.</summary>
    public int Drain(Span<int> bestIndexes, Span<float> bestScores)
    {
        var count = Count;
        keys.AsSpan(0, count).Sort();
        for (var position = 0; position < count; position++)
        {
            var key = keys[count - 1 - position];
            bestIndexes[position] = ~(int)key;
            bestScores[position] = ScoreOf(key);
        }

        Clear();
        return count;
    }

    /// <summary>What it holds, for <see cref="Restore"/>.</summary>
    internal long[] Save() => keys.AsSpan(0, Count).ToArray();

    /// <summary>Puts what was saved in the place of what it holds.</summary>
    /// <param name="saved">Of one with the same capacity.</param>
    internal void Restore(ReadOnlySpan<long> saved)
    {
        Clear();
        saved.CopyTo(keys);
        Count = saved.Length;
        if (Count == Capacity && Count > 0)
            Threshold = ScoreOf(keys[0]);
    }

    /// <summary>A zero counts the same whatever its sign.</summary>
    private static long KeyOf(int index, float score) => ((long)OrderedBits.Of(score + 0f) << 32) | (uint)~index;

    private static float ScoreOf(long key) => OrderedBits.ToFloat((int)(key >> 32));

    private void SiftUp(int position, long key)
    {
        while (position > 0)
        {
            var parent = (position - 1) / 2;
            if (keys[parent] <= key)
                break;
            keys[position] = keys[parent];
            position = parent;
        }

        keys[position] = key;
    }

    private void SiftDown(int count, long key)
    {
        var heap = keys.AsSpan(0, count);
        var position = 0;
        while (true)
        {
            var child = (2 * position) + 1;
            if (child >= heap.Length)
                break;
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
                child++;
            if (key <= heap[child])
                break;
            heap[position] = heap[child];
            position = child;
        }

        heap[position] = key;
    }
}
