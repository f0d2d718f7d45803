using System.Globalization;
using RecoService.Api.Serving;
using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Experiments;

/// <summary>How the lists of the second variant, which nobody sees, compare with those of the first.</summary>
/// <param name="Shown">The variant that users see.</param>
/// <param name="Beside">The variant that nobody sees.</param>
/// <param name="Lists">Lists that were compared.</param>
/// <param name="NotCompared">Lists without another one beside them: there was no processor time for it, or it was empty.</param>
/// <param name="Overlap">0..1: which part of the items shown the other list has, too; null without lists.</param>
/// <param name="RankBiasedOverlap">0..1: the agreement at every depth, the top counting most; null without lists.</param>
/// <param name="RankCorrelation">-1..1: Kendall's tau of the items that both have; null without lists.</param>
/// <param name="ClicksKept">Which part of the items clicked the other list has, too; null without clicks.</param>
/// <param name="Gain">`clicksKept` minus `overlap` over users, with an always-valid 95% interval: above 0 the other list keeps what is clicked more than what is not; null where too little is known.</param>
internal sealed record ShadowResponse(
    string Shown, string Beside, long Lists, long NotCompared, double? Overlap, double? RankBiasedOverlap, double? RankCorrelation, double? ClicksKept, EffectResponse? Gain);

/// <summary>Makes the report of an experiment in the shadow.</summary>
internal static class ShadowReports
{
    /// <summary>With fewer users the figures say nothing.</summary>
    private const int FewestUsers = 30;

    /// <param name="id">The experiment.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="figures">Of its lists.</param>
    /// <param name="until">Until when lists are compared.</param>
    public static ExperimentReport Of(string id, ExperimentDefinition definition, ShadowFigures figures, DateTimeOffset until)
    {
        var names = definition.Variants.Select(variant => variant.Name!).ToList();
        var kept = figures.Kept;
        var clicks = kept.Count > 0 ? kept.Mean(1) : 0;
        var change = ArmEstimate.RatioChange(kept);
        var gain = clicks > 0 && kept.Count > 1 ? EffectResponse.Of(new Effect(change.Value, change.StandardError, kept.Count - 1, kept.Count).AlwaysValid()) : null;
        var response = new ShadowResponse(
            names[0], names[1], figures.Lists, figures.WithoutShadow, Finite(figures.Overlap), Finite(figures.RankBiasedOverlap), Finite(figures.Tau), clicks > 0 ? kept.Mean(0) / clicks : null, gain);
        return new ExperimentReport(
            id, definition.State, definition.Plan.Metric ?? ExperimentChecks.Metrics[0], definition.StartedAt, until, TextOf(response, kept.Count), kept.Count, 0, null, [])
        {
            Shadow = response,
        };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string TextOf(ShadowResponse shadow, long users)
    {
        if (users < FewestUsers || shadow.Gain is null)
            return $"Nothing is known yet: {users} users have seen lists that were compared{(shadow.ClicksKept is null ? ", and clicked nothing" : "")}.";
        var counts = string.Create(
            CultureInfo.InvariantCulture, $"it has {100 * shadow.Overlap:0.#}% of the items shown, and {100 * shadow.ClicksKept:0.#}% of those clicked");
        return shadow.Gain switch
        {
            { Low: > 0 } => $"'{shadow.Beside}' keeps what users click: {counts}. Interleave it with '{shadow.Shown}' next.",
            { High: < 0 } => $"'{shadow.Beside}' loses what users click: {counts}.",
            _ => $"'{shadow.Beside}' keeps what is clicked as it keeps anything: {counts}.",
        };
    }
}
