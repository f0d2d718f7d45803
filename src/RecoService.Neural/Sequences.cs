namespace RecoService.Neural;

/// <summary>Per user the items they are for, each once, in the order of the last interaction with it; those of one time in the order of their indexes, as serving orders them too.</summary>
internal sealed class Sequences
{
    private Sequences(int[][] ofUsers, int itemCount) => (OfUsers, ItemCount) = (ofUsers, itemCount);

    /// <summary>|U|, oldest first.</summary>
    public int[][] OfUsers { get; }

    public int ItemCount { get; }

    public static Sequences Of(DatasetFolder dataset)
    {
        var starts = dataset.Read<long>("interaction-user-starts");
        var (items, times) = (dataset.Read<int>("interaction-items"), dataset.Read<long>("interaction-times"));
        var weightStarts = dataset.Read<long>("weight-user-starts");
        var (weightItems, weights) = (dataset.Read<int>("weight-items"), dataset.Read<float>("weight-values"));
        var ofUsers = new int[dataset.Manifest.Users][];
        var lastTimes = new Dictionary<int, long>();
        for (var user = 0; user < ofUsers.Length; user++)
        {
            lastTimes.Clear();
            for (var position = starts[user]; position < starts[user + 1]; position++)
                lastTimes[items[position]] = times[position];
            var wanted = new List<int>();
            for (var position = weightStarts[user]; position < weightStarts[user + 1]; position++)
            {
                if (weights[position] > 0 && lastTimes.ContainsKey(weightItems[position]))
                    wanted.Add(weightItems[position]);
            }

            ofUsers[user] = [.. wanted.OrderBy(item => lastTimes[item]).ThenBy(item => item)];
        }

        return new Sequences(ofUsers, dataset.Manifest.Items);
    }

    /// <summary>Keeps the last item of some users out of training, to stop by: users with three items or more, and items that others have too.</summary>
    /// <param name="fraction">Of all users that have three items, 0..1.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="random">Draws them.</param>
    /// <returns>What trains, and the users whose last item is kept out.</returns>
    public (Sequences Training, int[] Judged) HoldOut(float fraction, int most, Random random)
    {
        var usersOfItem = new int[ItemCount];
        foreach (var item in OfUsers.SelectMany(items => items))
            usersOfItem[item]++;
        var candidates = Enumerable.Range(0, OfUsers.Length).Where(user => OfUsers[user].Length >= 3).ToArray();
        random.Shuffle(candidates);
        var judged = new List<int>();
        foreach (var user in candidates.Take(Math.Min(most, (int)(fraction * candidates.Length))))
        {
            if (usersOfItem[OfUsers[user][^1]]-- > 1)
                judged.Add(user);
            else
                usersOfItem[OfUsers[user][^1]]++;
        }

        var training = (int[][])OfUsers.Clone();
        foreach (var user in judged)
            training[user] = training[user][..^1];
        return (new Sequences(training, ItemCount), [.. judged]);
    }

    /// <summary>The items that some user with another item has, ascending: those that something can be learned of.</summary>
    public int[] Known() => [.. OfUsers.Where(items => items.Length > 1).SelectMany(items => items).Distinct().Order()];
}
