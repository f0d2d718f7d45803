using System.Text.Json;

namespace RecoService.WebConsole.Calls;

/// <summary>GET /admin/experiments.</summary>
internal sealed record ExperimentAnswer(
    string Id, long Revision, DateTimeOffset ChangedAt, string State, string? Name, IReadOnlyList<string>? Placements, string? Eligibility, string? Layer, double Traffic, string Metric, string Method,
    IReadOnlyList<VariantAnswer> Variants, DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt, DateTimeOffset? DecidedAt, string? Winner);

internal sealed record VariantAnswer(string Name, double Share, JsonElement? Overrides);

/// <summary>GET /admin/experiments/{id}/report.</summary>
internal sealed record ReportAnswer(
    string State, string Metric, DateTimeOffset? StartedAt, DateTimeOffset? Until, string Text, long Users, long MixedUsers, SampleRatioAnswer? SampleRatio, IReadOnlyList<VariantReportAnswer> Variants,
    JsonElement? Interleaving, JsonElement? Shadow);

internal sealed record SampleRatioAnswer(double P, bool Alarm);

internal sealed record VariantReportAnswer(string Name, double Share, long Users, long Lists, long Impressions, long Clicks, long Orders, double Revenue, IReadOnlyList<MetricAnswer> Metrics);

internal sealed record MetricAnswer(string Metric, double? Value, EffectAnswer? Difference, EffectAnswer? Lift, EffectAnswer? AdjustedDifference, long? UsersForFivePercent, NoveltyAnswer? Novelty);

internal sealed record NoveltyAnswer(EffectAnswer FirstDay, EffectAnswer Later, bool Alarm);

internal sealed record EffectAnswer(double? Estimate, double? Low, double? High, double P);

/// <summary>GET /admin/experiments/{id}/plan.</summary>
internal sealed record PlanAnswer(string Metric, double Lift, double UsersPerDay, string Text);

/// <summary>GET /admin/rules.</summary>
internal sealed record RuleAnswer(
    string Id, long Revision, DateTimeOffset ChangedAt, IReadOnlyList<string>? Placements, string? When, string? Items, JsonElement? Action, DateTimeOffset? From, DateTimeOffset? Until, bool Enabled, string? Fault);
