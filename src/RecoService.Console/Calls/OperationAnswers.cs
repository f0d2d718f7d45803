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

/// <summary>GET /admin/keys.</summary>
internal sealed record KeysAnswer(string Replica, IReadOnlyList<KeyAnswer> Items);

internal sealed record KeyAnswer(string Name, string Role, int? RequestsPerSecond, DateTimeOffset? LastUsedAt);

/// <summary>GET /admin/audit.</summary>
internal sealed record ChangeAnswer(long Id, DateTimeOffset ChangedAt, string Key, string Call, string Method, string Subject, string Outcome);

/// <summary>GET /admin/settings.</summary>
internal sealed record SettingAnswer(string Key, string? Value, string? Default, string Source, string? File);

/// <summary>GET /admin/imports.</summary>
internal sealed record ImportsAnswer(IReadOnlyList<RunningImportAnswer> Running, IReadOnlyList<ImportAnswer> Items, string? Next);

internal sealed record RunningImportAnswer(string Key, string Target, DateTimeOffset StartedAt, long Lines, long Invalid);

internal sealed record ImportAnswer(long Id, string Key, string Target, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string Outcome, string? Reason, ImportReportAnswer? Report);

internal sealed record ImportReportAnswer(bool Committed, string? Reason, long Lines, long Accepted, long Duplicates, long Skipped, long Dropped, long Invalid, IReadOnlyList<ImportErrorAnswer> Errors);

internal sealed record ImportErrorAnswer(long Line, string Reason);
