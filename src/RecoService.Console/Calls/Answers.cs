using System.Text.Json;

namespace RecoService.WebConsole.Calls;

// Of the API's answers, what pages show. What an answer has besides is left unread, so that it may grow.

/// <summary>A page of a list.</summary>
internal sealed record PageOf<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>GET /admin/status.</summary>
internal sealed record StatusAnswer(
    string Status, IReadOnlyList<string> Reasons, int? ModelVersion, DateTimeOffset? ModelPublishedAt, double? ModelAgeSeconds, bool Pinned, long? RunningRunId, DateTimeOffset? NextRunAt,
    string? WaitingFor, double LiveLagSeconds, long DroppedImpressions, CountsAnswer? Counts);

internal sealed record CountsAnswer(long Users, long Items, long Interactions, long Ratings);

/// <summary>GET /admin/metrics/recommendations.</summary>
internal sealed record FiguresAnswer(DateOnly From, DateOnly To, DateTimeOffset? AsOf, IReadOnlyList<FigureRow> Rows);

internal sealed record RateAnswer(double Value, double Low, double High);

internal sealed record FigureRow
{
    public DateOnly? Day { get; init; }

    public string? Placement { get; init; }

    public int? Position { get; init; }

    public long? Lists { get; init; }

    public long? Viewers { get; init; }

    public long Impressions { get; init; }

    public long Clicks { get; init; }

    public RateAnswer? ClickThroughRate { get; init; }

    public long Orders { get; init; }

    public RateAnswer? ConversionRate { get; init; }

    public decimal Revenue { get; init; }

    public decimal? AverageOrderValue { get; init; }

    public decimal? RevenuePerThousandImpressions { get; init; }
}

/// <summary>GET /admin/runs/{runId}.</summary>
internal sealed record RunAnswer(
    long RunId, string Trigger, string Plan, bool Force, string Stage, double Progress, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Outcome, string? Reason, int? ModelVersion,
    RunMetricsAnswer? Metrics, JsonElement? Options);

internal sealed record RunMetricsAnswer(
    int K, int TrainInteractions, int HoldoutInteractions, int JudgedUsers, ModelMetricsAnswer? Candidate, ModelMetricsAnswer? Popularity, CurrentMetricsAnswer? Current,
    DifferenceAnswer? VersusPopularity, DifferenceAnswer? VersusCurrent)
{
    public IReadOnlyList<TriedAnswer>? Selection { get; init; }

    public string? GivenUp { get; init; }

    public IReadOnlyDictionary<string, string>? LeftOut { get; init; }

    public IReadOnlyList<string>? Notes { get; init; }

    public AuditAnswer? Audit { get; init; }
}

internal sealed record AuditAnswer(
    int K, int Users, ItemExposureAnswer Items, IReadOnlyList<GroupExposureAnswer> Categories, IReadOnlyList<GroupExposureAnswer> Providers, double? ProviderGini, NewItemExposureAnswer? NewItems, double? Miscalibration,
    IReadOnlyList<UserGroupAnswer> UserGroups, IReadOnlyDictionary<string, double> OpportunityDifferences);

internal sealed record ItemExposureAnswer(double Gini, double TopShare, double Coverage);

internal sealed record GroupExposureAnswer(string Group, int Items, double CatalogueShare, double DemandShare, double ExposureShare, double? ExposureOverDemand);

internal sealed record NewItemExposureAnswer(int Days, int Items, double DemandShare, double ExposureShare, double Coverage);

internal sealed record UserGroupAnswer(string Attribute, string Group, int Users, double Ndcg, double NdcgLow, double NdcgHigh, double Recall, double? PopularityLift, double? Miscalibration);

internal sealed record ModelMetricsAnswer(string Trainer, double Ndcg, double Recall, double Precision, double Map, double Mrr, double HitRate, double Coverage);

internal sealed record CurrentMetricsAnswer(int Version, bool Retrained, int JudgedUsers, ModelMetricsAnswer Metrics);

internal sealed record DifferenceAnswer(double Mean, double Low, double High, int Users);

internal sealed record TriedAnswer(string Trainer, double? Ndcg, double UserFraction, double Seconds, string? Note, int Trials, string? Origin, JsonElement? Options, double? PeakMiB, double? ListMicroseconds);

/// <summary>GET /admin/models.</summary>
internal sealed record ModelAnswer(
    int Version, long? RunId, string Trainer, bool Current, bool Pinned, DateTimeOffset? TrainedThrough, DateTimeOffset CreatedAt, long SizeBytes, JsonElement? Options, RunMetricsAnswer? Metrics);

/// <summary>GET /admin/search.</summary>
internal sealed record SearchAnswer(IReadOnlyList<string> Users, IReadOnlyList<FoundItemAnswer> Items);

internal sealed record FoundItemAnswer(string ItemId, string? Title);
