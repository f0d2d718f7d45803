namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>
/// Rows of one side (users or items) in groups of about the same number of ratings. The rows of a group have neighbouring places, so that the
/// numbers trained by one thread share no cache line and few pages with those of another.
/// </summary>
internal sealed class RowGroups
{
    private readonly int[] groupOfRow;

    private RowGroups(int[] lengths, int[] groups, int[] positions) => (Lengths, groupOfRow, Places) = (lengths, groups, positions);

    /// <summary>The number of ratings of each row.</summary>
    public int[] Lengths { get; }

    /// <summary>The place of each row: a permutation in which the groups follow each other, and the rows of one group ascend.</summary>
    public int[] Places { get; }

    public int GroupOf(int row) => groupOfRow[row];

    /// <summary>The longest rows first, each into the group with the fewest ratings so far.</summary>
    public static RowGroups Balance(int[] lengths, int groupCount)
    {
        var rows = Enumerable.Range(0, lengths.Length).OrderByDescending(row => lengths[row]).ToArray();
        var groups = new int[lengths.Length];
        var loads = new PriorityQueue<int, (long Load, int Group)>(Enumerable.Range(0, groupCount).Select(group => (group, (0L, group))));
        foreach (var row in rows)
        {
            loads.TryDequeue(out var group, out var load);
            groups[row] = group;
            loads.Enqueue(group, (load.Load + lengths[row], group));
        }

        var positions = new int[lengths.Length];
        var next = 0;
        foreach (var row in Enumerable.Range(0, groups.Length).OrderBy(row => groups[row]))
            positions[row] = next++;
        return new RowGroups(lengths, groups, positions);
    }
}
