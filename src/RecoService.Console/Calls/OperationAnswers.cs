namespace RecoService.WebConsole.Calls;

/// <summary>GET /admin/data-health.</summary>
internal sealed record DataHealthAnswer(
    DateTimeOffset? AsOf, DateTimeOffset? MeasuredAt, bool Computing, string? Stage, double? Progress, string? Failure, DataSummaryAnswer? Summary, IReadOnlyList<FindingAnswer> Findings);

internal sealed record DataSummaryAnswer(
    long Interactions, long Users, long ActiveUsers, long ListedItems, long ActiveItems, double? Sparsity, double? Gini, double? TopShare, double? ColdUserShare, double? ColdItemShare, long LastWeek,
    long WeekBefore, IReadOnlyList<KindCountAnswer> Kinds);

internal sealed record KindCountAnswer(string Kind, bool Configured, long Interactions, long LastWeek, long WeekBefore);

internal sealed record FindingAnswer(
    string Code, string Severity, long Count, double? Share, string About, IReadOnlyList<string> Examples, string Message, string Harm, string Remedy, FindingCostAnswer? Cost, string? NotMeasured);

internal sealed record FindingCostAnswer(long LeftOut, string Trainer, double NdcgWith, double NdcgWithout, double Gain, double GainLow, double GainHigh, int Users);
