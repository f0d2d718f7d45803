using System.Text.Json;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Storage;
using Serilog.Events;

namespace RecoService.Api.Shops;

/// <summary>From which level on the process logs.</summary>
internal sealed record LogLevelRequest
{
    /// <summary>Verbose, Debug, Information, Warning, Error or Fatal. The framework's own lines begin at Information.</summary>
    public string? MinimumLevel { get; init; }
}

/// <summary>When the recommender is trained.</summary>
internal sealed record ScheduleRequest
{
    /// <summary>Whether it is trained on schedule at all; true when left out.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The time between runs, as 01:30:00, from a minute to 365 days.</summary>
    public string? Interval { get; init; }

    /// <summary>A cron expression in UTC, as 0 0 3 * * ?, in the place of an interval.</summary>
    public string? Cron { get; init; }
}

/// <summary>
/// The settings that hold without a restart: each section is a revision in the store, in the place of what is configured. Every replica looks for another last revision and applies it; what it cannot read it leaves as it
/// is, and says so.
/// </summary>
internal sealed partial class LiveConfiguration(
    LiveDefinitions stored, RetrainScheduler schedule, LogVolume volume, SnapshotHost host, RecommendationSettings recommendations, TimeProvider time, ILogger<LiveConfiguration> logger)
    : PeriodicWork(host, recommendations.FeedInterval, time)
{
    public const string Log = "log";
    public const string Schedule = "schedule";

    private readonly SemaphoreSlim turn = new(1, 1);
    private StoredDefinitions applied = StoredDefinitions.None;

    /// <summary>The sections there are.</summary>
    public static IReadOnlyList<string> Sections { get; } = [Log, Schedule];

    /// <summary>Those that differ from what is configured.</summary>
    public IReadOnlyList<StoredDefinition> Current => stored.Current.All;

    /// <summary>Reads what is stored, and applies what is new.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await stored.RefreshAsync(cancellationToken);
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = stored.Current;
            foreach (var section in Sections)
            {
                if (Of(now, section) is var next && next?.Revision != Of(applied, section)?.Revision)
                    await ApplyAsync(section, next?.Definition, cancellationToken);
            }

            applied = now;
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        turn.Dispose();
        stored.Dispose();
    }

    protected override Task WorkAsync(CancellationToken cancellationToken) => FollowAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    /// <summary>What is wrong with a schedule; none where it can be applied.</summary>
    public static ScheduleChange? Read(ScheduleRequest request, ICollection<FieldProblem> problems)
    {
        TimeSpan? interval = null;
        if (request.Interval is { } text)
        {
            if (!TimeSpan.TryParseExact(text, ["c", @"d\.hh\:mm\:ss"], null, out var span) || span < TimeSpan.FromMinutes(1) || span > TimeSpan.FromDays(365))
                problems.Add(new FieldProblem("interval", "must be a time span such as 01:30:00, from a minute to 365 days"));
            interval = span;
        }

        if (SettingsExtensions.CronFault(request.Cron) is { } fault)
            problems.Add(new FieldProblem("cron", fault));
        if (request is { Interval: not null, Cron: not null })
            problems.Add(new FieldProblem("cron", "stands in the place of an interval; leave one of them out"));
        return problems.Count > 0 ? null : new ScheduleChange(request.Enabled ?? true, interval, request.Cron);
    }

    /// <summary>The level of a request.</summary>
    public static LogEventLevel? Read(LogLevelRequest request, ICollection<FieldProblem> problems)
    {
        if (request.MinimumLevel is { } name && Enum.GetNames<LogEventLevel>().Contains(name, StringComparer.Ordinal))
            return Enum.Parse<LogEventLevel>(name);
        problems.Add(new FieldProblem("minimumLevel", $"must be one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}"));
        return null;
    }

    private static StoredDefinition? Of(StoredDefinitions definitions, string section) => definitions.All.FirstOrDefault(definition => definition.Id == section);

    private async Task ApplyAsync(string section, string? json, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        switch (section)
        {
            case Log:
                var level = json is null ? null : Read(JsonSerializer.Deserialize<LogLevelRequest>(json, WireJson.Options)!, problems);
                if (problems.Count == 0)
                    volume.Change(level);
                break;
            case Schedule:
                var change = json is null ? null : Read(JsonSerializer.Deserialize<ScheduleRequest>(json, WireJson.Options)!, problems);
                if (problems.Count == 0)
                    await schedule.ChangeAsync(change, cancellationToken);
                break;
        }

        if (problems.Count > 0)
            LogUnreadable(section, string.Join("; ", problems.Select(problem => $"{problem.Field} {problem.Reason}")));
    }

    [LoggerMessage(LogLevel.Error, "The stored settings of {Section} cannot be applied and stay as they are: {Reason}")]
    private partial void LogUnreadable(string section, string reason);

    [LoggerMessage(LogLevel.Warning, "Changes of settings cannot be followed: {Reason} The service goes on with those it has and tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Following changes of settings again.")]
    private partial void LogRecovered();
}
