using System.Globalization;
using RecoService.Api.Serving;
using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Experiments;

/// <summary>How long an experiment takes, from what users of its placements did lately.</summary>
/// <param name="Id">The experiment.</param>
/// <param name="Metric">What decides.</param>
/// <param name="Lift">The lift that is worth seeing, 0.05 for 5%.</param>
/// <param name="HistoryDays">How many days were looked at.</param>
/// <param name="UsersPerDay">New users a day in the control and the smallest other variant; eligibility is not counted.</param>
/// <param name="Text">The plan for the metric that decides, in a sentence.</param>
/// <param name="Metrics">Each metric.</param>
internal sealed record ExperimentPlan(string Id, string Metric, double Lift, int HistoryDays, double UsersPerDay, string Text, IReadOnlyList<MetricPlan> Metrics);

/// <summary>One metric.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Value">Lately; null where nothing is known.</param>
/// <param name="Users">How many users of both variants it takes to see the lift four times in five, looked at daily; null where nothing is known.</param>
/// <param name="Days">In how many days they come; null where none come.</param>
/// <param name="MinimumDetectableLifts">What is seen four times in five after one, two and four weeks.</param>
internal sealed record MetricPlan(string Metric, double? Value, long? Users, double? Days, IReadOnlyList<DetectableLift> MinimumDetectableLifts);

/// <param name="Days">After so many days.</param>
/// <param name="Lift">The smallest lift that is seen by then; 0.05 is 5%.</param>
internal sealed record DetectableLift(int Days, double Lift);

/// <summary>Makes plans.</summary>
internal static class ExperimentPlans
{
    /// <summary>Four whole weeks, so that every day of the week counts as often.</summary>
    public const int MostHistoryDays = 28;

    private static readonly int[] Durations = [7, 14, 28];

    /// <param name="id">The experiment.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="users">What users of its placements did.</param>
    /// <param name="days">In how many days, 1 or more.</param>
    /// <param name="lift">Above 0.</param>
    public static ExperimentPlan Of(string id, ExperimentDefinition definition, VariantSums users, int days, double lift)
    {
        var shares = definition.Variants.Select(variant => variant.Share ?? 0).ToList();
        var (control, smallest) = (shares[0], shares.Skip(1).Min());
        var size = new SampleSize(Share: smallest / (control + smallest));
        var usersPerDay = (double)users.Count / days * (definition.Plan.Traffic ?? 1) * (control + smallest) / shares.Sum();
        var metrics = ExperimentChecks.Metrics.Select(metric => MetricOf(metric, users, size, usersPerDay, lift)).ToList();
        var decides = definition.Plan.Metric ?? ExperimentChecks.Metrics[0];
        return new ExperimentPlan(id, decides, lift, days, Math.Round(usersPerDay, 1), TextOf(metrics.Find(metric => metric.Metric == decides)!, lift, usersPerDay), metrics);
    }

    private static MetricPlan MetricOf(string metric, VariantSums users, SampleSize size, double usersPerDay, double lift)
    {
        var estimate = ExperimentReports.EstimateOf(metric, users);
        var relative = estimate.Variance / (estimate.Value * estimate.Value);
        if (!double.IsFinite(relative) || relative <= 0 || usersPerDay <= 0)
            return new MetricPlan(metric, double.IsFinite(estimate.Value) ? estimate.Value : null, null, null, []);
        var needed = size.AlwaysValid(relative, lift);
        return new MetricPlan(
            metric, estimate.Value, needed, SampleSize.Days(needed, usersPerDay), [.. Durations.Select(days => new DetectableLift(days, Math.Round(size.MinimumDetectableAlwaysValid(relative, days * usersPerDay), 4)))]);
    }

    private static string TextOf(MetricPlan metric, double lift, double usersPerDay) => metric switch
    {
        { Users: { } users, Days: { } days } => string.Create(
            CultureInfo.InvariantCulture,
            $"To see a lift of {lift * 100:0.##}% of {metric.Metric} takes about {users:N0} users of two variants: {Count(days, "day")} at {usersPerDay:N0} new users a day.{(days < 7 ? " Let it run a whole week, for weekdays differ." : "")}"),
        _ => $"Nothing can be planned: in the last {MostHistoryDays} days nothing came of the lists of these placements.",
    };

    private static string Count(double number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == 1 ? "" : "s")}");
}
