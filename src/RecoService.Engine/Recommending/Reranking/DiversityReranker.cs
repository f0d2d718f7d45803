using System.Buffers;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Maximal marginal relevance: each place goes to the candidate with the most of (1 - s) v - s m, where s is the strength, v its value and m its likeness to the
/// most like of those that have places, at least 0; of equal ones the earlier. Carbonell, Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering
/// Documents and Producing Summaries", SIGIR 1998, where lambda is 1 - s. The rest follows in its order. O(pool x limit) likenesses.
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
        var (rentedItems, rentedFloats) = (ArrayPool<int>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(3 * count));
        var items = rentedItems.AsSpan(0, count);
        var nearest = rentedFloats.AsSpan(0, count);
        var row = rentedFloats.AsSpan(count, count);
        var room = rentedFloats.AsSpan(2 * count, count);
        for (var position = 0; position < count; position++)
            items[position] = pool.Candidates[position].ItemIndex;
        nearest.Clear();
        for (var place = 0; place < places; place++)
        {
            var best = BestOf(pool.Values, nearest);
            pool.Order[place] = best;
            FillRow(items[best], items, row, room);
            for (var position = 0; position < count; position++)
                nearest[position] = Math.Max(nearest[position], row[position]);
            // What has a place is no candidate any more.
            nearest[best] = float.PositiveInfinity;
        }

        for (var (position, next) = (0, places); position < count; position++)
        {
            if (!float.IsPositiveInfinity(nearest[position]))
                pool.Order[next++] = position;
        }

        ArrayPool<int>.Shared.Return(rentedItems);
        ArrayPool<float>.Shared.Return(rentedFloats);
        pool.Take(count);
        // From here on the place is what counts.
        for (var position = 0; position < count; position++)
            pool.Values[position] = 1 - ((float)position / count);
    }

    private int BestOf(ReadOnlySpan<float> values, ReadOnlySpan<float> nearest)
    {
        var (best, most) = (-1, float.NegativeInfinity);
        for (var position = 0; position < values.Length; position++)
        {
            if (float.IsPositiveInfinity(nearest[position]))
                continue;
            var marginal = ((1 - strength) * values[position]) - (strength * nearest[position]);
            if (best < 0 || marginal > most)
                (best, most) = (position, marginal);
        }

        return best;
    }

    /// <summary>The likeness of each candidate to one, 0..1.</summary>
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
