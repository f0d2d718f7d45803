using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>How much of what goes with an item is more than chance, from some of the users of each item. Never changes.</summary>
internal sealed class CoUsers
{
    /// <summary>Of one item. More would tell a share to less than the 6% that these do, and cost as much more.</summary>
    private const int MostUsers = 64;

    private readonly InteractionDataset histories;
    private readonly int[] userCounts;
    private readonly int[] starts;
    private readonly int[] users;
    private readonly int activeUsers;

    public CoUsers(InteractionDataset histories)
    {
        this.histories = histories;
        var matrix = histories.UserItems;
        userCounts = new int[histories.Items.Count];
        for (var user = 0; user < matrix.RowCount; user++)
        {
            activeUsers += matrix.RowLength(user) > 0 ? 1 : 0;
            foreach (var item in matrix.RowColumns(user))
                userCounts[item]++;
        }

        starts = new int[userCounts.Length + 1];
        for (var item = 0; item < userCounts.Length; item++)
            starts[item + 1] = starts[item] + ((userCounts[item] + StrideOf(item) - 1) / StrideOf(item));
        users = new int[starts[^1]];
        var seen = new int[userCounts.Length];
        for (var user = 0; user < matrix.RowCount; user++)
        {
            foreach (var item in matrix.RowColumns(user))
            {
                var number = seen[item]++;
                if (number % StrideOf(item) == 0)
                    users[starts[item] + (number / StrideOf(item))] = user;
            }
        }
    }

    /// <summary>How many users had acted on an item when the state was built.</summary>
    public int CountOf(int itemIndex) => itemIndex < userCounts.Length ? userCounts[itemIndex] : 0;

    /// <summary>
    /// 1 - (e + 2 sqrt(e + 1/4)) / (o + 2), at least 0: o users have acted on both, and e would have if they did not care for the one because of the other;
    /// e / o is one over the lift, and what chance adds to e is seldom more than twice its root. So an item that lies beside everything says nothing of any, and
    /// a pair of which little is known is held back.
    /// </summary>
    public float BeyondChance(int itemIndex, int otherIndex)
    {
        if (itemIndex >= userCounts.Length || otherIndex >= userCounts.Length)
            return 0;
        var sample = users.AsSpan(starts[itemIndex]..starts[itemIndex + 1]);
        var both = 0;
        foreach (var user in sample)
            both += histories.UserItems.RowColumns(user).BinarySearch(otherIndex) >= 0 ? 1 : 0;
        var observed = sample.IsEmpty ? 0 : (double)both * userCounts[itemIndex] / sample.Length;
        var expected = activeUsers == 0 ? 0 : (double)userCounts[itemIndex] * userCounts[otherIndex] / activeUsers;
        return (float)Math.Max(0, 1 - ((expected + (2 * Math.Sqrt(expected + 0.25))) / (observed + 2)));
    }

    private int StrideOf(int item) => Math.Max(1, (userCounts[item] + MostUsers - 1) / MostUsers);
}
