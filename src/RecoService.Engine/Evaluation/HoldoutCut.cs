using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <param name="Train">What is learned from.</param>
/// <param name="Holdout">What the learned is judged on.</param>
/// <param name="CutTime">Unix milliseconds: everything from then on is held out; null where the last items of each user are.</param>
public sealed record HoldoutSplit(InteractionDataset Train, InteractionDataset Holdout, long? CutTime) : DataSplit(Train, Holdout)
{
    public override long? TimeOfLists => CutTime;
}

/// <summary>
/// Cuts a dataset so that enough users can be judged where the data can give them. The newest part is held out; of one user's interactions no more count towards
/// that part than a fair share, so that a bot, a bulk order or an import cannot fill it. Where it judges too few users, it is widened in time, to half of the whole at
/// most; where that does not help either, as with data of one time stamp, the last items of each user are held out.
/// </summary>
public static class HoldoutCut
{
    private const double MostHeld = 0.5;

    /// <param name="all">The whole.</param>
    /// <param name="fraction">0..1, exclusive: the part that is held out, unless it judges too few.</param>
    /// <param name="minUsers">At least 1: as many users are judged, or, where fewer have two items, half of those at least.</param>
    /// <param name="seed">Orders items of one time stamp, of which none is the last.</param>
    /// <param name="repeats">What holds for the items of the train part, and so who can be judged; one that was consumed for some days counts as consumed for good.</param>
    /// <returns>Both parts over this dataset's key maps; the holdout is empty where all is of one time stamp and no user has two items.</returns>
    public static HoldoutSplit Of(InteractionDataset all, double fraction, int minUsers, int seed, RepeatRule repeats = RepeatRule.None)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fraction, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minUsers, 1);
        var judgeable = Judgeable.In(all, repeats);
        var needed = judgeable.WithTwoItems >= minUsers ? minUsers : (judgeable.WithTwoItems + 1) / 2;
        if (CutTimeOf(all, fraction, minUsers, needed, judgeable) is not { } cut)
            return LastItems(all, fraction, seed);
        var split = Splits.AtTime(all, cut);
        return new HoldoutSplit(split.Train, split.Holdout, cut);
    }

    /// <summary>The newest cut that holds out the fraction and judges enough users; null when there is none.</summary>
    private static long? CutTimeOf(InteractionDataset all, double fraction, int minUsers, int needed, Judgeable judgeable)
    {
        var (times, shares) = SharesByTime(all, minUsers);
        var total = shares.Sum();
        var position = 0;
        for (var before = 0.0; position < times.Length - 1 && before + shares[position] <= total * (1 - fraction); position++)
            before += shares[position];
        // What is older than the oldest cannot train.
        while (position < times.Length && times[position] == times[0])
            position++;
        if (position >= times.Length)
            return null;

        var held = shares.Skip(position).Sum();
        while (true)
        {
            // All of one time stamp go together.
            for (; times[position - 1] == times[position]; position--)
                held += shares[position - 1];
            if (held > MostHeld * total)
                return null;
            if (judgeable.At(times[position]) >= needed)
                return times[position];
            if (times[position - 1] == times[0])
                return null;
            held += shares[--position];
        }
    }

    /// <summary>The times of all interactions, ascending, and for how much each counts: one, or less where its user has more than a fair share of the whole.</summary>
    private static (long[] Times, double[] Shares) SharesByTime(InteractionDataset all, int minUsers)
    {
        var active = Enumerable.Range(0, all.Users.Count).Count(user => all.UserCount(user) > 0);
        var fairShare = (double)all.Count / Math.Max(1, Math.Min(minUsers, active));
        var times = new long[all.Count];
        var shares = new double[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var count = all.UserCount(user);
            all.UserTimes(user).CopyTo(times.AsSpan(start));
            shares.AsSpan(start, count).Fill(Math.Min(1, fairShare / count));
            start += count;
        }

        Array.Sort(times, shares);
        return (times, shares);
    }

    /// <summary>Of each user with two items the fraction that they took up last, at least one, with all that they did with it.</summary>
    private static HoldoutSplit LastItems(InteractionDataset all, double fraction, int seed)
    {
        var held = new bool[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var columns = all.UserItems.RowColumns(user);
            if (columns.Length > 1)
            {
                var firstTimes = FirstTimes(all, user);
                var wanted = Enumerable.Range(0, columns.Length).Where(IsWanted(all, user)).ToArray();
                new SeededRandom(seed, stream: user).Shuffle(wanted.AsSpan());
                var last = wanted.OrderByDescending(position => firstTimes[position]).Take(Math.Clamp((int)(fraction * wanted.Length), 1, columns.Length - 1)).ToHashSet();
                var items = all.UserItemIndexes(user);
                for (var position = 0; position < items.Length; position++)
                    held[start + position] = last.Contains(columns.BinarySearch(items[position]));
            }

            start += all.UserCount(user);
        }

        var split = Splits.HoldOut(all, held);
        return new HoldoutSplit(split.Train, split.Holdout, CutTime: null);
    }

    private static Func<int, bool> IsWanted(InteractionDataset all, int user)
    {
        var weights = all.UserItems.RowValues(user).ToArray();
        return position => weights[position] > 0;
    }

    /// <summary>When a user first touched each of their items, in the order of their row of <see cref="InteractionDataset.UserItems"/>.</summary>
    private static long[] FirstTimes(InteractionDataset all, int user)
    {
        var columns = all.UserItems.RowColumns(user);
        var first = new long[columns.Length];
        Array.Fill(first, long.MaxValue);
        var items = all.UserItemIndexes(user);
        var times = all.UserTimes(user);
        for (var position = 0; position < items.Length; position++)
        {
            ref var time = ref first[columns.BinarySearch(items[position])];
            time = Math.Min(time, times[position]);
        }

        return first;
    }

    /// <summary>
    /// The newest cut after which each of a user's items is relevant, in the order of their row of <see cref="InteractionDataset.UserItems"/>: when they first touched it;
    /// where what is not consumed may be taken again, when they first consumed it, and of an item never consumed when they last touched it.
    /// </summary>
    private static long[] LastCuts(InteractionDataset all, int user, RepeatRule repeats)
    {
        if (repeats is RepeatRule.None or RepeatRule.Only)
            return FirstTimes(all, user);
        var columns = all.UserItems.RowColumns(user);
        var last = new long[columns.Length];
        var isConsumed = new bool[columns.Length];
        var items = all.UserItemIndexes(user);
        var kinds = all.UserKinds(user);
        var values = all.UserValues(user);
        var times = all.UserTimes(user);
        for (var position = 0; position < items.Length; position++)
        {
            var column = columns.BinarySearch(items[position]);
            if (isConsumed[column])
                continue;
            isConsumed[column] = repeats == RepeatRule.AsServed && all.Kinds[kinds[position]] is { Consumes: true, ConsumesForDays: not 0.0 };
            if (isConsumed[column] || all.Kinds.WeightOf(kinds[position], values[position]) > 0)
                last[column] = times[position];
        }

        return last;
    }

    /// <summary>Which users a cut by time can judge: those with something before it, and with an item they want that is relevant after it.</summary>
    /// <param name="Oldest">Of the users who want anything: their oldest interaction, Unix milliseconds, ascending.</param>
    /// <param name="Newest">Of the same users: the newest cut after which an item is relevant to them, ascending.</param>
    /// <param name="WithTwoItems">How many of them have two items: those whom any cut can judge.</param>
    private sealed record Judgeable(long[] Oldest, long[] Newest, int WithTwoItems)
    {
        public static Judgeable In(InteractionDataset all, RepeatRule repeats)
        {
            List<long> oldest = [], newest = [];
            var withTwoItems = 0;
            for (var user = 0; user < all.Users.Count; user++)
            {
                var wanted = IsWanted(all, user);
                var lastCuts = LastCuts(all, user, repeats).Where((_, position) => wanted(position)).ToArray();
                if (lastCuts.Length == 0)
                    continue;
                oldest.Add(all.UserTimes(user)[0]);
                newest.Add(lastCuts.Max());
                if (all.UserItems.RowLength(user) > 1)
                    withTwoItems++;
            }

            oldest.Sort();
            newest.Sort();
            return new Judgeable([.. oldest], [.. newest], withTwoItems);
        }

        /// <summary>How many users a cut at this time judges. Whoever began after it has nothing before it.</summary>
        public int At(long cut) => From(Newest, cut) - From(Oldest, cut);

        /// <summary>How many times are not before the cut.</summary>
        private static int From(long[] ascending, long cut)
        {
            var (position, end) = (0, ascending.Length);
            while (position < end)
            {
                var middle = (position + end) / 2;
                if (ascending[middle] < cut)
                    position = middle + 1;
                else
                    end = middle;
            }

            return ascending.Length - position;
        }
    }
}
