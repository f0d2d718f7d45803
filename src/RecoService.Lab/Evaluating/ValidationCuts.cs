using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Lab.Evaluating;

/// <summary>How a validation part is cut from a training part so that it is like the test part: what is chosen on one should be good on the other.</summary>
internal static class ValidationCuts
{
    /// <summary>Of nearly all users holds what is taken to hold.</summary>
    private const double NearlyAll = 0.95;

    private const double LargestFraction = 0.5;

    /// <summary>As <c>--split</c> cut the test part.</summary>
    /// <param name="how">The words of the option.</param>
    /// <param name="split">What it gave.</param>
    public static Func<InteractionDataset, int, DataSplit> LikeSplit(string? how, DataSplit split) => how?.Split('=')[0] switch
    {
        "leave-last-out" or "last-but-one-known" => (train, _) => LastOut(train),
        "last-basket" => (train, _) => Splits.LastBasket(train),
        "time" => (train, _) => train.SplitByTime(FractionOf(split)),
        _ => (train, seed) => Splits.RandomPerUser(train, FractionOf(split), seed),
    };

    /// <summary>As two given parts look: the test part may be what came last of all, the last item of each user, or chosen by chance.</summary>
    /// <param name="split">The parts.</param>
    /// <param name="hasTimes">Whether the times are the data's own; else a user's interactions are in the order of the file.</param>
    /// <param name="isOrdered">Whether the order of the file means anything.</param>
    public static (string Name, Func<InteractionDataset, int, DataSplit> Cut) LikeParts(DataSplit split, bool hasTimes, bool isOrdered)
    {
        var both = Enumerable.Range(0, split.Train.Users.Count).Where(user => split.Train.UserCount(user) > 0 && split.Holdout.UserCount(user) > 0).ToList();
        if (hasTimes && both.Count > 0 && NewestOf(split.Train) <= OldestOf(split.Holdout))
            return ("time", (train, _) => train.SplitByTime(FractionOf(split)));
        var isLast = !hasTimes ? isOrdered : both.Count(user => split.Train.UserTimes(user)[^1] <= split.Holdout.UserTimes(user)[0]) >= NearlyAll * both.Count;
        var isSingle = both.Count(user => split.Holdout.UserCount(user) == 1) >= NearlyAll * both.Count;
        return both.Count > 0 && isLast && isSingle
            ? ("leave-last-out", (train, _) => LastOut(train))
            : ("random", (train, seed) => Splits.RandomPerUser(train, FractionOf(split), seed));
    }

    private static DataSplit LastOut(InteractionDataset train)
    {
        var split = Splits.LeaveLastOut(train);
        return new DataSplit(split.TrainAndValidation, split.Test);
    }

    private static double FractionOf(DataSplit split) => Math.Clamp((double)split.Holdout.Count / Math.Max(1, split.Train.Count + split.Holdout.Count), 0.01, LargestFraction);

    private static long NewestOf(InteractionDataset dataset) => Enumerable.Range(0, dataset.Users.Count).Where(user => dataset.UserCount(user) > 0).Max(user => dataset.UserTimes(user)[^1]);

    private static long OldestOf(InteractionDataset dataset) => Enumerable.Range(0, dataset.Users.Count).Where(user => dataset.UserCount(user) > 0).Min(user => dataset.UserTimes(user)[0]);
}
