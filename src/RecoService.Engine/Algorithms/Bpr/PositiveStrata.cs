using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>
/// The wanted items of every user, cut into a grid of user groups x item groups as in Gemulla, Nijkamp, Haas, Sismanis, "Large-Scale Matrix
/// Factorization with Distributed Stochastic Gradient Descent", KDD 2011. Wanted and unseen items of a block are both of its item group, so the
/// blocks of one stratum share no user and no item and are trained at once without locks. The item groups are dealt anew before every epoch;
/// being random and equally large, they let every wanted item meet every unseen one with the same probability, or with one that grows with the number of its users.
/// </summary>
internal sealed class PositiveStrata
{
    /// <summary>The most groups of a side.</summary>
    public const int MaxGrid = 16;

    private const int PositivesPerBlock = 1_000;
    private const int ItemsPerGroup = 32;

    private readonly int[] items;
    private readonly int[][] userGroups;
    private readonly byte[] groupOfItem;

    // By item the power of its count; by position among the items the sum from the beginning of its group. Both empty where every item is as likely as another.
    private readonly float[] likelihoods = [];
    private readonly double[] sums = [];

    private readonly UserSegments positives;
    private readonly UserSegments? passed;

    /// <param name="weights">|U| x |I|; what is above 0 is wanted. Items that nobody wants take no part.</param>
    /// <param name="exponent">The power of the number of its users by which an item is drawn, at least 0.</param>
    /// <param name="passed">|U| x |I|: what is above 0 was shown and left; null: nothing was.</param>
    public PositiveStrata(SparseMatrix weights, float exponent = 0, SparseMatrix? passed = null)
    {
        var userCounts = new int[weights.RowCount];
        var itemCounts = new int[weights.ColumnCount];
        for (var user = 0; user < userCounts.Length; user++)
        {
            var values = weights.RowValues(user);
            for (var position = 0; position < values.Length; position++)
            {
                if (values[position] <= 0)
                    continue;
                userCounts[user]++;
                itemCounts[weights.RowColumns(user)[position]]++;
            }
        }

        Count = userCounts.Sum();
        items = [.. Enumerable.Range(0, itemCounts.Length).Where(item => itemCounts[item] > 0)];
        if (exponent > 0)
        {
            likelihoods = Array.ConvertAll(itemCounts, count => MathF.Pow(count, exponent));
            sums = new double[items.Length];
        }

        // The grid depends on the data alone, so the thread count does not change the result.
        Grid = Math.Clamp(Math.Min((int)Math.Sqrt(Count / PositivesPerBlock), items.Length / ItemsPerGroup), 1, MaxGrid);
        userGroups = Balance(userCounts, Grid);
        groupOfItem = new byte[itemCounts.Length];
        Array.Fill(groupOfItem, UserSegments.NoGroup);
        positives = new UserSegments(weights, Grid);
        this.passed = passed is null ? null : new UserSegments(passed, Grid);
    }

    /// <summary>How many (user, wanted item) pairs there are.</summary>
    public int Count { get; }

    /// <summary>Blocks per stratum, and strata per epoch.</summary>
    public int Grid { get; }

    public ReadOnlySpan<int> UsersOf(int userGroup) => userGroups[userGroup];

    /// <summary>The items of a group in the current epoch, in random order.</summary>
    public ReadOnlySpan<int> ItemsOf(int itemGroup) => items.AsSpan(FirstOf(itemGroup)..FirstOf(itemGroup + 1));

    /// <summary>The item group that a user group meets in a stratum.</summary>
    public int ItemGroup(int stratum, int userGroup) => (userGroup + stratum) % Grid;

    /// <summary>What a user wants of an item group in the current epoch, ascending.</summary>
    public ReadOnlySpan<int> PositivesOf(int user, int itemGroup) => positives.Of(user, itemGroup);

    /// <summary>What a user was shown and left of an item group in the current epoch, ascending.</summary>
    public ReadOnlySpan<int> PassedOf(int user, int itemGroup) => passed is null ? [] : passed.Of(user, itemGroup);

    /// <summary>One of the group's items.</summary>
    public int Draw(int itemGroup, ref SeededRandom random)
    {
        var group = ItemsOf(itemGroup);
        if (sums.Length == 0)
            return group[random.Next(group.Length)];
        var groupSums = sums.AsSpan(FirstOf(itemGroup), group.Length);
        return group[PositionOf(groupSums, random.NextDouble() * groupSums[^1])];
    }

    /// <summary>So many draws among all items; none where every item is as likely as another.</summary>
    public int[] Sample(int count, SeededRandom random)
    {
        if (sums.Length == 0)
            return [];
        var ordered = items.Order().ToArray();
        var allSums = new double[ordered.Length];
        var sum = 0.0;
        for (var position = 0; position < ordered.Length; position++)
            allSums[position] = sum += likelihoods[ordered[position]];
        var sample = new int[ordered.Length == 0 ? 0 : count];
        for (var draw = 0; draw < sample.Length; draw++)
            sample[draw] = ordered[PositionOf(allSums, random.NextDouble() * sum)];
        return sample;
    }

    /// <summary>Deals the items into new groups.</summary>
    public void Deal(SeededRandom random, TrainingContext context)
    {
        random.Shuffle<int>(items);
        for (var group = 0; group < Grid; group++)
        {
            foreach (var item in ItemsOf(group))
                groupOfItem[item] = (byte)group;
            SumLikelihoods(group);
        }

        context.ForEachBlock(Grid, userGroup =>
        {
            foreach (var user in UsersOf(userGroup))
            {
                positives.Sort(user, groupOfItem);
                passed?.Sort(user, groupOfItem);
            }
        });
    }

    /// <summary>Between two sums lies the item of the upper one; by its last bit a product may lie at the end.</summary>
    private static int PositionOf(ReadOnlySpan<double> ascending, double value)
    {
        var position = ascending.BinarySearch(value);
        return Math.Min(position < 0 ? ~position : position + 1, ascending.Length - 1);
    }

    private void SumLikelihoods(int itemGroup)
    {
        if (sums.Length == 0)
            return;
        var sum = 0.0;
        for (var position = FirstOf(itemGroup); position < FirstOf(itemGroup + 1); position++)
            sums[position] = sum += likelihoods[items[position]];
    }

    private int FirstOf(int itemGroup) => (int)((long)itemGroup * items.Length / Grid);

    /// <summary>The users with the most items first, each into the group with the fewest so far; ascending within a group.</summary>
    private static int[][] Balance(int[] userCounts, int groupCount)
    {
        var groups = Enumerable.Range(0, groupCount).Select(_ => new List<int>()).ToArray();
        var loads = new PriorityQueue<int, (long Load, int Group)>(Enumerable.Range(0, groupCount).Select(group => (group, (0L, group))));
        foreach (var user in Enumerable.Range(0, userCounts.Length).Where(user => userCounts[user] > 0).OrderByDescending(user => userCounts[user]))
        {
            loads.TryDequeue(out var group, out var load);
            groups[group].Add(user);
            loads.Enqueue(group, (load.Load + userCounts[user], group));
        }

        return [.. groups.Select(group => group.Order().ToArray())];
    }
}
