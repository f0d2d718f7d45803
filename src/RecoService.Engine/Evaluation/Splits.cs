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
        var places = Enumerable.Range(0, all.Count).ToArray();
        new SeededRandom(seed, stream: 0).Shuffle(places.AsSpan());
        var foldOf = new int[places.Length];
        for (var turn = 0; turn < places.Length; turn++)
            foldOf[places[turn]] = turn % folds;
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
            var places = Enumerable.Range(start, count).ToArray();
            new SeededRandom(seed, stream: user).Shuffle(places.AsSpan());
            foreach (var place in places.Take(Math.Min((int)Math.Round(count * fraction), count - 1)))
                held[place] = true;
            start += count;
        }

        return HoldOut(all, held);
    }

    /// <summary>The last interaction of each user with at least two is the test part; of each with at least three, the one before it the validation part.</summary>
    public static LeaveLastOutSplit LeaveLastOut(InteractionDataset all)
    {
        var fromEnd = new int[all.Count];
        var start = 0;
        for (var user = 0; user < all.Users.Count; user++)
        {
            var count = all.UserCount(user);
            for (var place = 0; place < count; place++)
                fromEnd[start + place] = place == 0 ? int.MaxValue : count - 1 - place;
            start += count;
        }

        return new LeaveLastOutSplit(
            Part(place => place > 1), Part(place => place == 1), Part(place => place == 0), Part(place => place > 0));

        InteractionDataset Part(Predicate<int> isWanted) => all.Where(Array.ConvertAll(fromEnd, place => isWanted(place)));
    }

    /// <summary>Everything before the cut trains, the rest is held out.</summary>
    /// <param name="all">The whole.</param>
    /// <param name="cutTime">Unix milliseconds.</param>
    public static TemporalSplit AtTime(InteractionDataset all, long cutTime) =>
        new(all.Where(time => time < cutTime), all.Where(time => time >= cutTime), cutTime);

    /// <summary>The marked interactions are held out, the others train; for the marks see <see cref="InteractionDataset.Where(bool[])"/>.</summary>
    public static DataSplit HoldOut(InteractionDataset all, bool[] held) => new(all.Where(Array.ConvertAll(held, mark => !mark)), all.Where(held));
}
