using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>
/// Ratings cut into a grid of user groups x item groups. The blocks of one stratum share no user and no item, so they are trained at once
/// without locks. Gemulla, Nijkamp, Haas, Sismanis, "Large-Scale Matrix Factorization with Distributed Stochastic Gradient Descent", KDD 2011.
/// </summary>
internal sealed class RatingStrata
{
    private const int MaxGrid = 16;
    private const int RatingsPerBlock = 2_000;

    private readonly Entry[] entries;
    private readonly int[] blockStarts;

    public RatingStrata(SparseMatrix ratings, SparseMatrix byItem)
    {
        // The grid depends on the data alone, so the thread count does not change the result.
        Grid = Math.Clamp((int)Math.Sqrt(ratings.NonZeroCount / RatingsPerBlock), 1, MaxGrid);
        var userGroups = BalancedGroups(ratings);
        var itemGroups = BalancedGroups(byItem);

        blockStarts = new int[(Grid * Grid) + 1];
        for (var user = 0; user < ratings.RowCount; user++)
        {
            foreach (var item in ratings.RowColumns(user))
                blockStarts[(userGroups[user] * Grid) + itemGroups[item] + 1]++;
        }

        for (var block = 0; block < Grid * Grid; block++)
            blockStarts[block + 1] += blockStarts[block];

        entries = new Entry[ratings.NonZeroCount];
        var next = blockStarts.AsSpan(0, Grid * Grid).ToArray();
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var items = ratings.RowColumns(user);
            var values = ratings.RowValues(user);
            for (var place = 0; place < items.Length; place++)
                entries[next[(userGroups[user] * Grid) + itemGroups[items[place]]]++] = new Entry(user, items[place], values[place]);
        }
    }

    /// <summary>Blocks per stratum, and strata per epoch.</summary>
    public int Grid { get; }

    /// <summary>The ratings of user group <paramref name="block"/> in a stratum; may be reordered by whoever trains the block.</summary>
    public Span<Entry> Block(int stratum, int block)
    {
        var index = (block * Grid) + ((block + stratum) % Grid);
        return entries.AsSpan(blockStarts[index]..blockStarts[index + 1]);
    }

    /// <summary>The longest rows first, each into the group with the fewest entries so far.</summary>
    private int[] BalancedGroups(SparseMatrix matrix)
    {
        var rows = Enumerable.Range(0, matrix.RowCount).OrderByDescending(matrix.RowLength);
        var groups = new int[matrix.RowCount];
        var loads = new PriorityQueue<int, (long Load, int Group)>(Enumerable.Range(0, Grid).Select(group => (group, (0L, group))));
        foreach (var row in rows)
        {
            loads.TryDequeue(out var group, out var load);
            groups[row] = group;
            loads.Enqueue(group, (load.Load + matrix.RowLength(row), group));
        }

        return groups;
    }

    internal readonly record struct Entry(int User, int Item, float Value);
}
