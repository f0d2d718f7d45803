using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// What was bought together when the state was built: the items of one user on one day (UTC) are a basket. A basket of s items counts 1 / (s - 1), for it says less of each pair the more it holds
/// (Newman, "Scientific collaboration networks II", Physical Review E 64, 2001). Two items go together by score(i, j) = w_ij / sqrt(w_i w_j) * n / (n + 10): a cosine, where w_ij is what the n baskets with
/// both count, and w_i what those with i do, shrunk as far as few baskets say it (Bell and Koren, ICDM 2007). An item is looked up when it is first asked about, and remembered.
/// </summary>
internal sealed class CoPurchases
{
    /// <summary>What is bought with very much is bought for a shelf and not for a purpose.</summary>
    private const int LargestBasket = 100;

    /// <summary>Of an item that is in more baskets the newest say enough.</summary>
    private const int MostBaskets = 2_000;

    /// <summary>So many companions of an item are remembered.</summary>
    private const int MostCompanions = 100;

    /// <summary>So many items are remembered; the others are looked up each time.</summary>
    private const int MostRemembered = 20_000;

    /// <summary>So many baskets with both halve the doubt; chosen on a validation part, see docs/placements.md.</summary>
    private const double Shrinkage = 10;

    private readonly Lazy<Baskets> baskets;
    private readonly ConcurrentDictionary<int, Companion[]> remembered = new();

    /// <param name="histories">What every user had done; read when an item is first asked about.</param>
    public CoPurchases(InteractionDataset histories) => baskets = new(() => Baskets.Of(BasketsOf(histories)));

    /// <param name="ItemIndex">What was bought with it.</param>
    /// <param name="Score">0..1.</param>
    public readonly record struct Companion(int ItemIndex, float Score);

    /// <summary>What was bought with an item, best first; nothing where it was not bought, or arrived later.</summary>
    public IReadOnlyList<Companion> Of(int itemIndex)
    {
        var itemBaskets = baskets.Value.OfItems;
        if (itemIndex < 0 || itemIndex >= itemBaskets.RowCount || itemBaskets.RowLength(itemIndex) == 0)
            return [];
        if (remembered.TryGetValue(itemIndex, out var known))
            return known;
        var companions = Find(itemIndex);
        if (remembered.Count < MostRemembered)
            remembered.TryAdd(itemIndex, companions);
        return companions;
    }

    /// <summary>What all baskets that hold an item count together; 0 where it was not bought with anything, or arrived later.</summary>
    public float WeightOf(int itemIndex) => itemIndex >= 0 && itemIndex < baskets.Value.ItemWeights.Length ? baskets.Value.ItemWeights[itemIndex] : 0;

    private Companion[] Find(int itemIndex)
    {
        var together = new Dictionary<int, (int Count, double Weight)>();
        var (items, ofItems, itemWeights) = baskets.Value;
        var holding = ofItems.RowColumns(itemIndex);
        var itemWeight = 0.0;
        // Baskets are numbered from the oldest on.
        foreach (var basket in holding[Math.Max(0, holding.Length - MostBaskets)..])
        {
            var weight = Baskets.WeightOf(items.RowLength(basket));
            itemWeight += weight;
            foreach (var other in items.RowColumns(basket))
            {
                if (other == itemIndex)
                    continue;
                var (count, sum) = together.GetValueOrDefault(other);
                together[other] = (count + 1, sum + weight);
            }
        }

        var best = new TopK(MostCompanions);
        foreach (var (other, (count, weight)) in together)
            best.Offer(other, (float)(weight / Math.Sqrt(itemWeight * itemWeights[other]) * count / (count + Shrinkage)));

        var (indexes, scores) = (new int[best.Count], new float[best.Count]);
        var found = best.Drain(indexes, scores);
        return [.. Enumerable.Range(0, found).Select(position => new Companion(indexes[position], scores[position]))];
    }

    private static SparseMatrix BasketsOf(InteractionDataset histories)
    {
        var purchase = histories.Kinds.StrongestIndex;
        var found = new List<(long Day, int[] Items)>();
        var items = new List<int>();
        for (var user = 0; user < histories.Users.Count; user++)
        {
            var userItems = histories.UserItemIndexes(user);
            var kinds = histories.UserKinds(user);
            var times = histories.UserTimes(user);
            var day = long.MinValue;
            for (var position = 0; position < userItems.Length; position++)
            {
                if (kinds[position] != purchase)
                    continue;
                if (DayOf(times[position]) is var next && next != day)
                    Close();
                day = next;
                items.Add(userItems[position]);
            }

            Close();

            void Close()
            {
                int[] distinct = [.. items.Distinct().Order()];
                if (distinct.Length is > 1 and <= LargestBasket)
                    found.Add((day, distinct));
                items.Clear();
            }
        }

        found.Sort((left, right) => left.Day.CompareTo(right.Day));
        var columns = found.SelectMany(basket => basket.Items).ToArray();
        var ones = new float[columns.Length];
        Array.Fill(ones, 1);
        return SparseMatrix.FromRows(histories.Items.Count, [.. found.Select(basket => basket.Items.Length)], columns, ones);
    }

    private static long DayOf(long time) => (long)Math.Floor(time / (double)TimeSpan.MillisecondsPerDay);

    /// <param name="Items">Baskets x items, a 1 where a basket holds an item.</param>
    /// <param name="OfItems">The same the other way round.</param>
    /// <param name="ItemWeights">|I|: what the baskets of an item count together.</param>
    private sealed record Baskets(SparseMatrix Items, SparseMatrix OfItems, float[] ItemWeights)
    {
        public static Baskets Of(SparseMatrix items)
        {
            var weights = new double[items.ColumnCount];
            for (var basket = 0; basket < items.RowCount; basket++)
            {
                foreach (var item in items.RowColumns(basket))
                    weights[item] += WeightOf(items.RowLength(basket));
            }

            return new(items, items.Transpose(), Array.ConvertAll(weights, weight => (float)weight));
        }

        /// <param name="size">Items of the basket, at least 2.</param>
        public static double WeightOf(int size) => 1.0 / (size - 1);
    }
}
