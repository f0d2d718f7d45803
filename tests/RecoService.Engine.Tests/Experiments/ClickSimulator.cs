using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Experiments;

/// <summary>
/// Users who like each of twenty items more or less, and differ far more from each other in how much they click at all. Two recommenders know what a user likes up to an error; the second one's error is
/// smaller. A list has ten places, each looked at with 0.8 times the probability of the one before it.
/// </summary>
/// <param name="seed">Of the users, their lists and clicks.</param>
internal sealed class ClickSimulator(int seed)
{
    private const int Items = 20;
    private const int Length = 10;
    private const double FirstError = 1.0;
    private const double SecondError = 0.85;

    private readonly double[] likings = new double[Items];
    private readonly double[] scores = new double[Items];

    /// <summary>What clicks per user really differ by, and how much they vary: the same users see both, and expected clicks take the place of drawn ones.</summary>
    public (double Difference, double Variance) CompareArms(int users)
    {
        var (difference, clicks) = (0.0, new double[users]);
        for (var user = 0; user < users; user++)
        {
            var random = new SeededRandom(seed, user);
            var activity = Draw(ref random);
            var (first, second) = (Rank(ref random, FirstError), Rank(ref random, SecondError));
            difference += (Expected(second, activity) - Expected(first, activity)) / users;
            clicks[user] = Clicks(ref random, first, activity).Count;
        }

        return (difference, Moments.Of(clicks).Variance);
    }

    /// <summary>An A/B test of so many users in both arms.</summary>
    public Effect SplitArms(int users)
    {
        var arms = new double[2][];
        for (var arm = 0; arm < 2; arm++)
        {
            arms[arm] = new double[users / 2];
            for (var user = 0; user < users / 2; user++)
            {
                var random = new SeededRandom(seed, ((long)(arm + 1) << 40) + user);
                var activity = Draw(ref random);
                arms[arm][user] = Clicks(ref random, Rank(ref random, arm == 0 ? FirstError : SecondError), activity).Count;
            }
        }

        return Effect.Absolute(ArmEstimate.Mean(Moments.Of(arms[0])), ArmEstimate.Mean(Moments.Of(arms[1])));
    }

    /// <summary>One interleaved list for each user: their credits.</summary>
    public double[] Interleave(int users)
    {
        var credits = new double[users];
        for (var user = 0; user < users; user++)
        {
            var random = new SeededRandom(seed, (3L << 40) + user);
            var activity = Draw(ref random);
            var (first, second) = (Rank(ref random, FirstError), Rank(ref random, SecondError));
            var draft = TeamDraft.Interleave(first, second, Length, seed, user);
            credits[user] = draft.Credit(Clicks(ref random, [.. draft.Items], activity));
        }

        return credits;
    }

    private double Draw(ref SeededRandom random)
    {
        foreach (ref var liking in likings.AsSpan())
            liking = random.NextGaussian();
        return Math.Exp(1.2 * random.NextGaussian());
    }

    private int[] Rank(ref SeededRandom random, double error)
    {
        var ranking = new int[Items];
        for (var item = 0; item < Items; item++)
            (ranking[item], scores[item]) = (item, -(likings[item] + (error * random.NextGaussian())));
        Array.Sort((double[])scores.Clone(), ranking);
        return ranking;
    }

    private double Expected(int[] ranking, double activity)
    {
        var sum = 0.0;
        for (var place = 0; place < Length; place++)
            sum += Probability(ranking[place], place, activity);
        return sum;
    }

    private List<int> Clicks(ref SeededRandom random, int[] list, double activity)
    {
        var clicked = new List<int>();
        for (var place = 0; place < Length; place++)
        {
            if (random.NextDouble() < Probability(list[place], place, activity))
                clicked.Add(list[place]);
        }

        return clicked;
    }

    private double Probability(int item, int place, double activity) => Math.Min(1, 0.05 * activity * Math.Exp(likings[item]) * Math.Pow(0.8, place));
}
