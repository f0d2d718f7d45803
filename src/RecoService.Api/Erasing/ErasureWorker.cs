using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;
using RecoService.Storage.Privacy;

namespace RecoService.Api.Erasing;

/// <summary>
/// Brings erasures to their end: sweeps what arrived late, and has models trained anew where one that learned from an erased user still serves when it must not any more.
/// Every replica looks; what one has done the others find done.
/// </summary>
internal sealed partial class ErasureWorker(
    ErasureLog log, ModelStore models, RunLog runs, RetrainTrigger trigger, SnapshotLoader loader, SnapshotHost host, PrivacySettings privacy, RetrainingSettings retraining, TimeProvider time,
    ILogger<ErasureWorker> logger) : PeriodicWork(host, IntervalOf(privacy), time)
{
    /// <summary>More wait for the next look.</summary>
    private const int MostPerLook = 200;

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider clock = time;

    /// <summary>One look at the open erasures.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var due = await log.AdvanceAsync(loader.Tried, MostPerLook, cancellationToken);
        if (due.Count == 0 || !retraining.Enabled)
            return;
        var served = due.SelectMany(erasure => erasure.Models.Where(model => model.IsServed)).Select(model => model.Version).Distinct().ToList();
        foreach (var plan in await PlansOfAsync(served, cancellationToken))
        {
            if (!await IsWantedAsync(plan, due, cancellationToken) || await trigger.TryStartAsync("erasure", force: false, cancellationToken, plan) is null)
                continue;
            LogRetraining(due.Count, plan);
            await log.NoteRetrainAsync([.. due.Select(erasure => erasure.Id)], cancellationToken);
        }
    }

    protected override Task WorkAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    /// <summary>The plans whose runs made these models. What was trained elsewhere is for operators to replace.</summary>
    private async Task<List<string>> PlansOfAsync(List<int> versions, CancellationToken cancellationToken)
    {
        var plans = new List<string>();
        foreach (var model in await models.GetAsync(versions, cancellationToken))
        {
            if (model.RunId is { } id && await runs.GetAsync(id, cancellationToken) is { } run && (run.Plan == ModelRun.DefaultPlan || retraining.Plans.ContainsKey(run.Plan)))
                plans.Add(run.Plan);
        }

        return [.. plans.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>No run of the plan has begun since the user was erased, or the last one came to nothing and is as long ago as a retrain may take.</summary>
    private async Task<bool> IsWantedAsync(string plan, IReadOnlyList<Erasure> due, CancellationToken cancellationToken) =>
        await runs.GetLastTrainedAsync(cancellationToken, plan) is not { } last || last.StartedAt < due.Max(erasure => erasure.RequestedAt) || last.StartedAt + PauseOf(privacy) < clock.GetUtcNow();

    private static TimeSpan PauseOf(PrivacySettings settings) => settings.RetrainWithin > TimeSpan.FromMinutes(10) ? settings.RetrainWithin : TimeSpan.FromMinutes(10);

    private static TimeSpan IntervalOf(PrivacySettings settings) => settings.SettleAfter < LongestInterval ? settings.SettleAfter : LongestInterval;

    [LoggerMessage(LogLevel.Information, "A model that learned from erased users still serves, and {Erasures} erasures are due: a run of the plan {Plan} has started.")]
    private partial void LogRetraining(int erasures, string plan);

    [LoggerMessage(LogLevel.Warning, "Erasures could not be brought to their end: {Reason} The service tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Erasures are brought to their end again.")]
    private partial void LogRecovered();
}
