using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// The candidates of one request between the sources and the list, in their order, each with a value by which re-rankers move it. At first
/// value = low + (high - low) (s - least) / (most - least), 0..1, where s is the candidate's score, least and most are those of the candidates that its source
/// proposed in one go, and these share 0..1 by their numbers: of 160 of a model and 40 of the catalogue, the model's have 1 to 0.2 and the others 0.2 to 0.
/// Where all scores are equal, all values are high. A workspace that the next request uses again, so that re-ranking costs no allocation. Not thread-safe.
/// </summary>
internal sealed class CandidatePool
{
    /// <summary>More would cost every request and hardly change its first places.</summary>
    private const int MostCandidates = 200;

    /// <summary>Of a short list.</summary>
    private const int PerPlaceAtMost = 5;

    private Candidate[] candidates = [];
    private Candidate[] otherCandidates = [];
    private float[] values = [];
    private float[] otherValues = [];
    private long[] keys = [];
    private int[] order = [];

    public int Count { get; private set; }

    /// <summary>In their order.</summary>
    public ReadOnlySpan<Candidate> Candidates => candidates.AsSpan(0, Count);

    /// <summary>One per candidate; the higher the better. <see cref="Sort"/> applies what was changed.</summary>
    public Span<float> Values => values.AsSpan(0, Count);

    /// <summary>Room for an index per candidate, of any value at first.</summary>
    public Span<int> Order => order.AsSpan(0, Count);

    /// <summary>Room to count values of items, empty at first.</summary>
    public Dictionary<long, int> Counts { get; } = [];

    /// <summary>Two candidates per place and ten more, but no more than five per place nor than 200, and never fewer than places: 30 for a list of ten, of which retrieval costs half of what 50 do.</summary>
    public static int SizeFor(int limit) => Math.Max(limit, (int)Math.Min(MostCandidates, Math.Min((long)PerPlaceAtMost * limit, (2L * limit) + 10)));

    /// <summary>Takes in the candidates of a request.</summary>
    /// <param name="list">Best first, source by source.</param>
    public void Begin(ReadOnlySpan<Candidate> list)
    {
        if (candidates.Length < list.Length)
        {
            (candidates, otherCandidates) = (new Candidate[list.Length], new Candidate[list.Length]);
            (values, otherValues) = (new float[list.Length], new float[list.Length]);
            (keys, order) = (new long[list.Length], new int[list.Length]);
        }

        Count = list.Length;
        list.CopyTo(candidates);
        var least = 1f;
        for (var (first, end) = (0, 0); first < Count; first = end)
        {
            while (end < Count && candidates[end].Source == candidates[first].Source)
                end++;
            Scale(first, end, ref least);
        }
    }

    /// <summary>Puts the candidates in the order of their values, the highest first; of equal ones the earlier.</summary>
    public void Sort()
    {
        for (var position = 0; position < Count; position++)
            keys[position] = ((long)OrderedBits.Of(values[position] + 0f) << 32) | (uint)~position;
        keys.AsSpan(0, Count).Sort();
        for (var position = 0; position < Count; position++)
            order[position] = ~(int)keys[Count - 1 - position];
        Take(Count);
    }

    /// <summary>Leaves the candidates at the first <paramref name="count"/> positions of <see cref="Order"/>, in that order.</summary>
    public void Take(int count)
    {
        for (var position = 0; position < count; position++)
            (otherCandidates[position], otherValues[position]) = (candidates[order[position]], values[order[position]]);
        (candidates, otherCandidates) = (otherCandidates, candidates);
        (values, otherValues) = (otherValues, values);
        Count = count;
    }

    /// <summary>Says how probable the first candidates were to stand at their places.</summary>
    /// <param name="propensities">One per place from the first on, at most as many as there are candidates.</param>
    public void SetPropensities(ReadOnlySpan<float> propensities)
    {
        for (var position = 0; position < propensities.Length; position++)
            candidates[position] = candidates[position] with { Propensity = propensities[position] };
    }

    private void Scale(int first, int end, ref float least)
    {
        var (low, high) = (1 - ((float)end / Count), 1 - ((float)first / Count));
        var (lowest, range) = (candidates[end - 1].Score, candidates[first].Score - candidates[end - 1].Score);
        for (var position = first; position < end; position++)
        {
            var value = range > 0 && float.IsFinite(range) ? low + ((high - low) * ((candidates[position].Score - lowest) / range)) : high;
            // Values fall with the places whatever rounding does, so that what changes no value changes no place.
            values[position] = least = Math.Clamp(value, 0, least);
        }
    }
}
