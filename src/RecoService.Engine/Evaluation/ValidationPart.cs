using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>How a validation part is cut from the training data.</summary>
public enum ValidationCut
{
    /// <summary>By time where that leaves enough users with a history before the cut and something new after it, else at random.</summary>
    Auto,

    /// <summary>The newest interactions of all.</summary>
    Time,

    /// <summary>A part of every user's interactions, by chance.</summary>
    Random,

    /// <summary>Every user's last interaction.</summary>
    Last,

    /// <summary>Every user's last basket: all of their last time.</summary>
    LastBasket,
}

/// <summary>A part of the training data that is kept back, so that something can be chosen without a look at any test.</summary>
/// <param name="Train">What is left to train on.</param>
/// <param name="Relevant">|U| x |I|: what was kept back and may stand on its user's list as it is served.</param>
/// <param name="Users">Those with a history in <paramref name="Train"/> and something relevant, ascending.</param>
/// <param name="IsRandom">True when another seed gives another part.</param>
/// <param name="Now">When lists are given, in Unix milliseconds; null: with the newest interaction of <paramref name="Train"/>.</param>
internal sealed record ValidationPart(InteractionDataset Train, SparseMatrix Relevant, int[] Users, bool IsRandom, long? Now)
{
    /// <summary>A cut by time is good enough when it can judge this part of the users.</summary>
    private const double EnoughUsers = 0.1;

    /// <summary>What lists made of <see cref="Train"/> must not hold: what the user has consumed by the kinds of the data.</summary>
    public ListMask NewMask() => new(Train, RepeatRule.AsServed, Now);

    /// <param name="dataset">The training data.</param>
    /// <param name="cut">How it is cut.</param>
    /// <param name="fraction">The part of the interactions that is kept back, 0..1, exclusive; not for <see cref="ValidationCut.Last"/> and <see cref="ValidationCut.LastBasket"/>.</param>
    /// <param name="maxUsers">Of more users only so many are drawn.</param>
    /// <param name="seed">Of all that is left to chance.</param>
    public static ValidationPart Of(InteractionDataset dataset, ValidationCut cut, double fraction, int maxUsers, int seed)
    {
        if (cut is ValidationCut.Auto or ValidationCut.Time)
        {
            var byTime = Of(dataset.SplitByTime(fraction), maxUsers, seed, isRandom: false);
            var active = Enumerable.Range(0, dataset.Users.Count).Count(user => dataset.UserCount(user) > 0);
            if (cut == ValidationCut.Time || (byTime.Users.Length > 0 && byTime.Users.Length >= Math.Min(maxUsers, EnoughUsers * active)))
                return byTime;
        }

        if (cut == ValidationCut.LastBasket)
            return Of(Splits.LastBasket(dataset), maxUsers, seed, isRandom: false);
        if (cut != ValidationCut.Last)
            return Of(Splits.RandomPerUser(dataset, fraction, seed), maxUsers, seed, isRandom: true);
        var last = Splits.LeaveLastOut(dataset, seed);
        return Of(new DataSplit(last.TrainAndValidation, last.Test), maxUsers, seed, isRandom: false);
    }

    private static ValidationPart Of(DataSplit split, int maxUsers, int seed, bool isRandom)
    {
        var relevant = HoldoutItems.From(split.Train, split.Holdout, RepeatRule.AsServed, split.TimeOfLists).Relevant;
        int[] users = [.. Enumerable.Range(0, relevant.RowCount).Where(user => relevant.RowLength(user) > 0 && split.Train.UserCount(user) > 0)];
        if (users.Length > maxUsers)
        {
            new SeededRandom(seed, stream: 0).Shuffle(users.AsSpan());
            users = [.. users.Take(maxUsers).Order()];
        }

        return new ValidationPart(split.Train, relevant, users, isRandom, split.TimeOfLists);
    }
}
