using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Maximal marginal relevance: each place goes to the candidate with the most of (1 - s) v - s m, where s is the strength, v its value and m its likeness to the
/// most like of those that have places, at least 0; of equal ones the earlier. Carbonell, Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering
/// Documents and Producing Summaries", SIGIR 1998, where lambda is 1 - s. The rest follows in its order. O(pool x limit) likenesses at most.
/// </summary>
/// <param name="strength">0..1: 0 changes nothing, 1 looks at the likeness alone.</param>
/// <param name="likeness">Of the recommender's own item vectors, where it has such; see <see cref="LikenessOf"/>.</param>
/// <param name="otherwise">Says it of pairs that the first does not know; null: those have nothing in common.</param>
internal sealed class DiversityReranker(double strength, IItemLikeness likeness, IItemLikeness? otherwise = null) : IReranker
{
    private readonly float strength = strength is >= 0 and <= 1 ? (float)strength : throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength is 0 to 1.");

    /// <summary>The likeness that the first of some models has for items, in the order in which they are asked; null where none has.</summary>
    public static IItemLikeness? LikenessOf(IEnumerable<ServedModel> models) => models.SelectMany(model => model.Model.Find<IItemLikeness>()).FirstOrDefault();

    public int PoolOf(in RequestContext context, int limit) => strength == 0 ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        var count = pool.Count;
        if (strength == 0 || count < 2)
            return;
        var places = Math.Min(limit, count);
        var (rentedNumbers, rentedFloats) = (ArrayPool<int>.Shared.Rent(count + places), ArrayPool<float>.Shared.Rent((2 * count) + (2 * places)));
        var compared = rentedNumbers.AsSpan(0, count);
        var placed = rentedNumbers.AsSpan(count, places);
        var nearest = rentedFloats.AsSpan(0, count);
        var marginals = rentedFloats.AsSpan(count, count);
        compared.Clear();
        nearest.Clear();
        TensorPrimitives.Multiply(pool.Values, 1 - strength, marginals);
        for (var place = 0; place < places; place++)
        {
            var best = BestOf(pool, marginals, nearest, compared, placed[..place], rentedFloats.AsSpan(2 * count, 2 * places));
            (pool.Order[place], placed[place]) = (best, pool.Candidates[best].ItemIndex);
            // What has a place is no candidate any more.
            marginals[best] = float.NegativeInfinity;
        }

        for (var (position, next) = (0, places); position < count; position++)
        {
            if (!float.IsNegativeInfinity(marginals[position]))
                pool.Order[next++] = position;
        }

        ArrayPool<int>.Shared.Return(rentedNumbers);
        ArrayPool<float>.Shared.Return(rentedFloats);
        pool.Take(count);
        // From here on the place is what counts.
        for (var position = 0; position < count; position++)
            pool.Values[position] = 1 - ((float)position / count);
    }

    /// <summary>
    /// The next candidate. Its likeness to those that have places only grows with them, so what was found against fewer is an upper bound of its marginal relevance, and only candidates whose bound is
    /// the highest are compared with the rest (Minoux, "Accelerated Greedy Algorithms for Maximizing Submodular Set Functions", 1978).
    /// </summary>
    /// <param name="pool">The candidates.</param>
    /// <param name="marginals">Their bounds.</param>
    /// <param name="nearest">Their likeness to the most like of those they were compared with.</param>
    /// <param name="compared">With how many of those that have places they were compared.</param>
    /// <param name="placed">The items that have places.</param>
    /// <param name="room">Two values per place.</param>
    private int BestOf(CandidatePool pool, Span<float> marginals, Span<float> nearest, Span<int> compared, ReadOnlySpan<int> placed, Span<float> room)
    {
        while (true)
        {
            var best = TensorPrimitives.IndexOfMax<float>(marginals);
            if (compared[best] == placed.Length)
                return best;
            var others = placed[compared[best]..];
            var row = room[..others.Length];
            FillRow(pool.Candidates[best].ItemIndex, others, row, room.Slice(placed.Length, others.Length));
            nearest[best] = Math.Max(nearest[best], TensorPrimitives.Max<float>(row));
            compared[best] = placed.Length;
            marginals[best] = ((1 - strength) * pool.Values[best]) - (strength * nearest[best]);
        }
    }

    /// <summary>The likeness of one item to others, 0..1.</summary>
    private void FillRow(int itemIndex, ReadOnlySpan<int> items, Span<float> row, Span<float> room)
    {
        likeness.LikenessOf(itemIndex, items, row);
        var others = otherwise is not null && row.Contains(float.NaN) ? room : default;
        if (!others.IsEmpty)
            otherwise!.LikenessOf(itemIndex, items, others);
        for (var position = 0; position < row.Length; position++)
        {
            var alike = float.IsNaN(row[position]) && !others.IsEmpty ? others[position] : row[position];
            row[position] = alike > 0 ? Math.Min(alike, 1) : 0;
        }
    }
}
