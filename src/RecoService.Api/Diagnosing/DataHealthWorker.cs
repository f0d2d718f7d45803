using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Api.Computing;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Computing;
using RecoService.Storage;
using RecoService.Storage.Health;

namespace RecoService.Api.Diagnosing;

/// <summary>
/// Counts what is wrong with the data and measures what it costs: on its schedule, and when somebody asks. Every replica tries, the database lets one at a time in, and all read the same result. A failure
/// is told and tried again at the next time.
/// </summary>
internal sealed partial class DataHealthWorker(
    DataHealth health, RunLog runs, LeaveOutJudge judge, SnapshotHost host, DataHealthSettings settings, TimeProvider time, ILogger<DataHealthWorker> logger) : PeriodicWork(host, LookEvery, time)
{
    private const string Counting = "counting";
    private const string Asked = "about to begin";
    private const string AwaitingRun = "waiting for the end of a model run";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>A row that an earlier or a later version wrote may have a field too many; it stays readable.</summary>
    private static readonly JsonSerializerOptions StoredOptions = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    private readonly TimeProvider clock = time;
    private readonly SnapshotHost snapshots = host;
    private volatile RunProgress? running;
    private volatile string? failure;
    private int asked;
    private long readAt;
    private long measuredAt;
    private volatile bool isOwed;

    /// <summary>What this process computes, and how far it is; null: nothing.</summary>
    public (string Stage, double Fraction)? Progress => running?.Current ?? (isOwed ? (AwaitingRun, 0) : Volatile.Read(ref asked) == 0 ? null : (Asked, 0));

    /// <summary>Why the last computation of this process failed; null: it did not.</summary>
    public string? Failure => failure;

    /// <summary>Computes anew, in the background and soon.</summary>
    public void Ask() => Volatile.Write(ref asked, 1);

    public static DataFacts? ReadFacts(StoredDataHealth? stored) => stored is null ? null : JsonSerializer.Deserialize<DataFacts>(stored.FactsJson, StoredOptions);

    public static IReadOnlyList<FaultCost> ReadCosts(StoredDataHealth? stored) => stored?.CostsJson is null ? [] : JsonSerializer.Deserialize<IReadOnlyList<FaultCost>>(stored.CostsJson, StoredOptions) ?? [];

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        var isAsked = Volatile.Read(ref asked) != 0;
        if (!isAsked && !isOwed && (!settings.Enabled || (readAt != 0 && clock.GetElapsedTime(readAt) < ReadEvery)))
            return;
        readAt = clock.GetTimestamp();
        var stored = await health.FindAsync(cancellationToken);
        var mayCount = isAsked || (settings.Enabled && IsDue(stored?.AsOf));
        var mayMeasure = settings.MeasureCosts && snapshots.Current?.Publication is not null && (isAsked || isOwed || (settings.Enabled && IsDue(stored?.MeasuredAt) && !WasTried));
        // A model run wants the memory and the cores that measuring takes.
        var isRunning = mayMeasure && await runs.GetRunningAsync(cancellationToken) is not null;
        (isOwed, mayMeasure) = (isRunning, mayMeasure && !isRunning);
        if (!mayCount && !mayMeasure)
            return;
        try
        {
            await ComputeAsync(mayCount, mayMeasure, cancellationToken);
            failure = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failure = exception is StorageUnavailableException ? exception.Message : $"It failed: {exception.Message}";
            throw;
        }
        finally
        {
            running = null;
            Volatile.Write(ref asked, 0);
        }
    }

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    /// <summary>What fails is not tried again before its time: it takes a while.</summary>
    private bool WasTried => measuredAt != 0 && clock.GetElapsedTime(measuredAt) < settings.Interval;

    private bool IsDue(DateTimeOffset? last) => last is null || clock.GetUtcNow() - last.Value >= settings.Interval;

    private async Task ComputeAsync(bool mayCount, bool mayMeasure, CancellationToken cancellationToken)
    {
        if (!await health.TryEnterAsync(ProcessIdentity.Current, Lease, cancellationToken))
            return;
        var progress = running = new RunProgress();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(end.Token);
        try
        {
            if (mayCount)
            {
                progress.Enter(Counting);
                var facts = await health.CountAsync(fraction => progress.Report(new TrainingProgress(Counting, fraction)), cancellationToken);
                await health.SaveFactsAsync(facts.AsOf, JsonSerializer.Serialize(facts, StoredOptions), cancellationToken);
            }

            if (mayMeasure)
            {
                measuredAt = clock.GetTimestamp();
                var costs = await BackgroundThread.RunAsync(() => judge.MeasureAsync(progress, cancellationToken));
                await health.SaveCostsAsync(clock.GetUtcNow(), JsonSerializer.Serialize(costs, StoredOptions), cancellationToken);
            }
        }
        finally
        {
            await end.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await health.LeaveAsync(ProcessIdentity.Current, CancellationToken.None);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Lease / 4, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await health.TryEnterAsync(ProcessIdentity.Current, Lease, cancellationToken);
            }
            catch (StorageUnavailableException)
            {
                // Another may compute the same beside this, which costs time and harms nothing.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is wrong with the data could not be found out: {Reason} The service tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "What is wrong with the data is found out again.")]
    private partial void LogRecovered();
}
