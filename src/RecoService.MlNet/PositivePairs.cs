namespace RecoService.MlNet;

/// <summary>The pairs of a user and an item whose summed weight is above 0, grouped by user and ascending in item.</summary>
internal sealed class PositivePairs
{
    private readonly int[] starts;

    /// <param name="starts">|U| + 1 offsets.</param>
    /// <param name="users">One user index per pair.</param>
    /// <param name="items">One item index per pair.</param>
    /// <param name="itemCount">|I|.</param>
    private PositivePairs(int[] starts, int[] users, int[] items, int itemCount)
    {
        this.starts = starts;
        Users = users;
        Items = items;
        UsersOfItem = new int[itemCount];
        foreach (var item in items)
            UsersOfItem[item]++;
    }

    public int Count => Items.Length;

    public int[] Users { get; }

    public int[] Items { get; }

    /// <summary>|I|: how many users an item has.</summary>
    public int[] UsersOfItem { get; }

    public int UserCount => starts.Length - 1;

    public static PositivePairs Of(DatasetFolder dataset) => Of(
        dataset.Read<long>("weight-user-starts"), dataset.Read<int>("weight-items"), dataset.Read<float>("weight-values"), dataset.Manifest.Items);

    /// <param name="rowStarts">|U| + 1 offsets of compressed sparse rows.</param>
    /// <param name="columns">Item indexes, ascending within a row.</param>
    /// <param name="weights">One per column.</param>
    /// <param name="itemCount">|I|.</param>
    public static PositivePairs Of(long[] rowStarts, int[] columns, float[] weights, int itemCount)
    {
        var count = weights.Count(weight => weight > 0);
        var (starts, users, items) = (new int[rowStarts.Length], new int[count], new int[count]);
        var next = 0;
        for (var user = 0; user < rowStarts.Length - 1; user++)
        {
            for (var position = rowStarts[user]; position < rowStarts[user + 1]; position++)
            {
                if (!(weights[position] > 0))
                    continue;
                users[next] = user;
                items[next++] = columns[position];
            }

            starts[user + 1] = next;
        }

        return new PositivePairs(starts, users, items, itemCount);
    }

    public bool HasUser(int user) => starts[user + 1] > starts[user];

    public bool Contains(int user, int item) => Items.AsSpan(starts[user]..starts[user + 1]).BinarySearch(item) >= 0;
}
