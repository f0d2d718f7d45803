using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>The items of every user with a value above 0, by the group of the item in the current epoch.</summary>
internal sealed class UserSegments
{
    /// <summary>The group of an item that takes no part.</summary>
    public const byte NoGroup = byte.MaxValue;

    private readonly SparseMatrix weights;
    private readonly int grid;

    // |U| x (grid + 1): where a user's items of each group begin, and where the last group ends.
    private readonly int[] starts;
    private readonly int[] items;

    /// <param name="weights">|U| x |I|.</param>
    /// <param name="grid">How many groups.</param>
    public UserSegments(SparseMatrix weights, int grid)
    {
        (this.weights, this.grid) = (weights, grid);
        starts = new int[checked(weights.RowCount * (grid + 1))];
        var count = 0;
        for (var user = 0; user < weights.RowCount; user++)
        {
            starts[user * (grid + 1)] = count;
            foreach (var value in weights.RowValues(user))
                count += value > 0 ? 1 : 0;
        }

        items = new int[count];
    }

    /// <summary>A user's items of a group, ascending.</summary>
    public ReadOnlySpan<int> Of(int user, int itemGroup)
    {
        var segment = (user * (grid + 1)) + itemGroup;
        return items.AsSpan(starts[segment]..starts[segment + 1]);
    }

    /// <summary>Counts a user's items by group, then puts each where its group stands.</summary>
    /// <param name="user">Which.</param>
    /// <param name="groupOfItem">|I|: below the number of groups, or <see cref="NoGroup"/>.</param>
    public void Sort(int user, byte[] groupOfItem)
    {
        var columns = weights.RowColumns(user);
        var values = weights.RowValues(user);
        var segments = starts.AsSpan(user * (grid + 1), grid + 1);
        Span<int> next = stackalloc int[PositiveStrata.MaxGrid + 1];
        next.Clear();
        for (var position = 0; position < columns.Length; position++)
        {
            if (values[position] > 0 && groupOfItem[columns[position]] is not NoGroup and var group)
                next[group + 1]++;
        }

        next[0] = segments[0];
        for (var group = 1; group <= grid; group++)
            next[group] = segments[group] = next[group - 1] + next[group];
        for (var position = 0; position < columns.Length; position++)
        {
            if (values[position] > 0 && groupOfItem[columns[position]] is not NoGroup and var group)
                items[next[group]++] = columns[position];
        }
    }
}
