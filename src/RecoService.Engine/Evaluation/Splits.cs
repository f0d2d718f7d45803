using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>Ways to cut a dataset into what trains and what judges. All parts are over the whole's key maps; the same seed cuts the same way.</summary>
public static class Splits
{
    /// <summary>Every interaction is held out once: fold by fold, as they are asked for.</summary>
    /// <param name="all">The whole.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Which interactions fall into which fold.</param>
    public static IEnumerable<DataSplit> Folds(InteractionDataset all, int folds, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var positions = Enumerable.Range(0, all.Count).ToArray();
        new SeededRandom(seed, stream: 0).Shuffle(positions.AsSpan());
        var foldOf = new int[positions.Length];
        for (var turn = 0; turn < positions.Length; turn++)
            foldOf[positions[turn]] = turn % folds;
        return Enumerable.Range(0, folds).Select(fold => HoldOut(all, Array.ConvertAll(foldOf, other => other == fold)));
    }

    /// <summary>Holds out a part of every user's interactions, chosen at random; a user keeps at least one.</summary>
    /// <param name="all">The whole.</param>
    /// <param name="fraction">0..1, exclusive; rounded to whole interactions user by user.</param>
    /// <param name="seed">Which interactions are chosen.</param>
    public static DataSplit RandomPerUser(InteractionDataset all, double fraction, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fraction, 1);
        var held = new bool[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var count = all.UserCount(user);
            var positions = Enumerable.Range(start, count).ToArray();
            new SeededRandom(seed, stream: user).Shuffle(positions.AsSpan());
            foreach (var position in positions.Take(Math.Min((int)Math.Round(count * fraction), count - 1)))
                held[position] = true;
            start += count;
        }

        return HoldOut(all, held);
    }

    /// <summary>The last interaction of each user with at least two is the test part; of each with at least three, the one before it the validation part. Those of one time are a set,
    /// in which none is the last: chance puts them in order.</summary>
    /// <param name="all">The whole.</param>
    /// <param name="seed">Orders interactions of one time.</param>
    public static LeaveLastOutSplit LeaveLastOut(InteractionDataset all, int seed = 42)
    {
        var fromEnd = new int[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var order = InTime(all.UserTimes(user), seed, user);
            for (var index = 0; index < order.Length; index++)
                fromEnd[start + order[index]] = index == 0 ? int.MaxValue : order.Length - 1 - index;
            start += order.Length;
        }

        return new LeaveLastOutSplit(
            Part(position => position > 1), Part(position => position == 1), Part(position => position == 0), Part(position => position > 0));

        InteractionDataset Part(Predicate<int> isWanted) => all.Where(Array.ConvertAll(fromEnd, position => isWanted(position)));
    }

    /// <summary>Positions by time, those of one time shuffled.</summary>
    private static int[] InTime(ReadOnlySpan<long> times, int seed, int user)
    {
        var order = new int[times.Length];
        for (var position = 0; position < order.Length; position++)
            order[position] = position;
        var random = new SeededRandom(seed, stream: user);
        for (var (first, end) = (0, 0); first < order.Length; first = end)
        {
            for (end = first + 1; end < order.Length && times[end] == times[first]; end++)
            {
            }

            if (end - first > 1)
                random.Shuffle(order.AsSpan(first, end - first));
        }

        return order;
    }

    /// <summary>The last basket of each user with at least two is held out: all that they did at their last time.</summary>
    public static DataSplit LastBasket(InteractionDataset all)
    {
        var held = new bool[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var times = all.UserTimes(user);
            for (var position = 0; position < times.Length; position++)
                held[start + position] = times[position] == times[^1] && times[^1] > times[0];
            start += times.Length;
        }

        return HoldOut(all, held);
    }

    /// <summary>Everything before the cut trains, the rest is held out.</summary>
    /// <param name="all">The whole.</param>
    /// <param name="cutTime">Unix milliseconds.</param>
    public static TemporalSplit AtTime(InteractionDataset all, long cutTime) =>
        new(all.Where(time => time < cutTime), all.Where(time => time >= cutTime), cutTime);

    /// <summary>The marked interactions are held out, the others train; for the marks see <see cref="InteractionDataset.Where(bool[])"/>.</summary>
    public static DataSplit HoldOut(InteractionDataset all, bool[] held) => new(all.Where(Array.ConvertAll(held, mark => !mark)), all.Where(held));
}
