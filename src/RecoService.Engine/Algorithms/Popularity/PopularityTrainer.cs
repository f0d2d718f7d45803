using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>
/// Ranks items by what all users did with them: the number of users, or the sum of the interactions' weights, never below 0. With a half-life,
/// the newest interaction of the dataset counts in full and older ones less. With trend days, by how surprising the last days are.
/// Items without interactions are unknown; every user has the same scores.
/// </summary>
/// <remarks>
/// Trend: x is what was counted in the last T days, b what was counted in the B days before, and e = b T / B is what x would be if nothing had changed.
/// The score is (x - e) / sqrt(v + m): the Pearson residual of a Poisson count (McCullagh, Nelder, "Generalized Linear Models", 2nd edition, 1989, section 2.4),
/// where v = T / B times the baseline's sum of squared counts is the variance of e (e itself when every interaction counts 1), and m, the mean of a squared count, stands
/// for one interaction more, so that an item without a past does not trend without bound. Where the data begin later, B is as long as they reach back.
/// </remarks>
public sealed class PopularityTrainer(PopularityOptions options) : ITrainer
{
    private const int UsersBetweenChecks = 1024;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        if (options is { HalfLifeDays: not null, TrendDays: not null })
            throw new TrainingException("Popularity has a half-life or a trend, not both: unset HalfLifeDays or TrendDays.");

        var latest = dataset.LatestTime ?? 0;
        var recent = new ItemTally(dataset.Items.Count, options.Count);
        var baseline = new ItemTally(dataset.Items.Count, options.Count);
        var isKnown = new bool[dataset.Items.Count];
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            if (user % UsersBetweenChecks == 0)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                context.Report("counting", (double)user / dataset.Users.Count);
            }

            CountUser(dataset, user, latest, recent, baseline);
            foreach (var item in dataset.UserItemIndexes(user))
                isKnown[item] = true;
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        context.Report("counting", 1);
        var scores = options.TrendDays is { } days ? Trend(recent, baseline, days, BaselineDays(dataset, latest, days)) : recent.Sums.Select(sum => Math.Max(sum, 0));
        var model = new PopularityModel(dataset.Users, dataset.Items, [.. scores.Select((score, item) => isKnown[item] ? (float)score : float.NaN)]);
        return model.With(GroupPopularity.Learn(dataset, context));
    }

    private void CountUser(InteractionDataset dataset, int user, long latest, ItemTally recent, ItemTally baseline)
    {
        var items = dataset.UserItemIndexes(user);
        var kinds = dataset.UserKinds(user);
        var values = dataset.UserValues(user);
        var times = dataset.UserTimes(user);
        for (var position = 0; position < items.Length; position++)
        {
            var age = (double)(latest - times[position]) / TimeSpan.MillisecondsPerDay;
            var weight = dataset.Kinds.WeightOf(kinds[position], values[position]);
            if (options.TrendDays is not { } days || age < days)
                recent.Add(items[position], weight, Remaining(age));
            else if (age < days + options.TrendBaselineDays)
                baseline.Add(items[position], weight, 1);
        }

        recent.EndUser();
        baseline.EndUser();
    }

    private static IEnumerable<double> Trend(ItemTally recent, ItemTally baseline, double days, double baselineDays)
    {
        var ratio = baselineDays > 0 ? days / baselineDays : 0;
        var onceMore = (recent.Squares.Sum() + baseline.Squares.Sum()) / Math.Max(recent.Counts + baseline.Counts, 1);
        for (var item = 0; item < recent.Sums.Length; item++)
        {
            var surprise = Math.Max(recent.Sums[item], 0) - (ratio * Math.Max(baseline.Sums[item], 0));
            var variance = (ratio * baseline.Squares[item]) + onceMore;
            yield return variance > 0 ? surprise / Math.Sqrt(variance) : 0;
        }
    }

    /// <summary>How much of the baseline the data reach back to.</summary>
    private double BaselineDays(InteractionDataset dataset, long latest, double trendDays)
    {
        var earliest = latest;
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            if (dataset.UserCount(user) > 0)
                earliest = Math.Min(earliest, dataset.UserTimes(user)[0]);
        }

        return Math.Clamp(((double)(latest - earliest) / TimeSpan.MillisecondsPerDay) - trendDays, 0, options.TrendBaselineDays);
    }

    private double Remaining(double ageInDays) => options.HalfLifeDays is { } days ? Math.Pow(2, -ageInDays / days) : 1;
}
