using System.Diagnostics;
using RecoService.Api.Computing;
using RecoService.Api.Settings;
using RecoService.Api.Telemetry;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Carries out started runs one after the other, keeps their lease alive, and writes down how each ended, whatever happens in it.</summary>
internal sealed partial class RetrainWorker(
    RetrainTrigger trigger, RetrainJob job, RunLog runs, RetrainingSettings settings, RecoMetrics metrics, TimeProvider time, ILogger<RetrainWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var run in trigger.Started.ReadAllAsync(stoppingToken))
        {
            try
            {
                await ExecuteRunAsync(run, stoppingToken);
            }
            catch (Exception exception)
            {
                // A failed run is never the end of the service.
                LogFailed(exception, run.Id);
            }
        }
    }

    /// <summary>Carries out one started run to its end and returns it as recorded.</summary>
    public async Task<ModelRun> ExecuteRunAsync(ModelRun run, CancellationToken stoppingToken, Action<string, double>? onProgress = null)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var progress = new RunProgress();
        using var registration = trigger.Register(run.Id, source, progress);
        var started = time.GetTimestamp();
        LogStarted(run.Id, run.Trigger);

        using var heartbeatEnd = new CancellationTokenSource();
        var heartbeat = BeatAsync(run, progress, source, onProgress, heartbeatEnd.Token);
        var finished = await RunToOutcomeAsync(run, progress, stoppingToken, source.Token);
        await heartbeatEnd.CancelAsync();
        await heartbeat;

        foreach (var note in RunMetrics.Read(finished.MetricsJson)?.Notes ?? [])
            LogNote(run.Id, note);
        finished = await RecordAsync(finished with { FinishedAt = time.GetUtcNow(), Stage = "finished", Progress = 1 }, stoppingToken);
        metrics.RunFinished(finished.Outcome!.Value, time.GetElapsedTime(started));
        LogFinished(run.Id, finished.Outcome.Value.ToWord(), time.GetElapsedTime(started), finished.Reason ?? "");
        return finished;
    }

    private async Task<ModelRun> RunToOutcomeAsync(ModelRun run, RunProgress progress, CancellationToken stoppingToken, CancellationToken cancellationToken)
    {
        try
        {
            return await BackgroundThread.RunAsync(() => job.RunAsync(run, progress, cancellationToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return run with { Outcome = RunOutcome.Interrupted, Reason = run.Trigger == "command" ? "The command was stopped." : "The service was stopped." };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return run with { Outcome = RunOutcome.Cancelled, Reason = "An operator cancelled it, or its lease was lost." };
        }
        catch (UnsoundModelException exception)
        {
            return run with { Outcome = RunOutcome.Refused, Reason = exception.Message };
        }
        catch (TrainingException exception)
        {
            return run with { Outcome = RunOutcome.Failed, Reason = exception.Message };
        }
        catch (Exception exception)
        {
            LogFailed(exception, run.Id);
            return run with { Outcome = RunOutcome.Failed, Reason = $"{exception.GetType().Name}: {exception.Message}" };
        }
    }

    private async Task BeatAsync(ModelRun run, RunProgress progress, CancellationTokenSource source, Action<string, double>? onProgress, CancellationToken end)
    {
        var beatEvery = TimeSpan.FromTicks(Math.Min(settings.Lease.Ticks / 3, TimeSpan.TicksPerSecond));
        using var timer = new PeriodicTimer(beatEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                var (stage, fraction) = progress.Current;
                onProgress?.Invoke(stage, fraction);
                try
                {
                    if (!await runs.HeartbeatAsync(run.Id, ProcessIdentity.Current, stage, fraction, settings.Lease, end))
                        await source.CancelAsync();
                }
                catch (Exception exception) when (!end.IsCancellationRequested)
                {
                    LogHeartbeatFailed(run.Id, exception.Message);
                }
            }
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            // The run is over, and so is whatever its last heartbeat waited for.
        }
    }

    /// <summary>The end of a run is worth waiting for: without it the lease would stay taken until it runs out.</summary>
    /// <returns>The run as it is recorded.</returns>
    private async Task<ModelRun> RecordAsync(ModelRun finished, CancellationToken stoppingToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await runs.FinishAsync(finished, ProcessIdentity.Current, CancellationToken.None);
            }
            catch (StorageUnavailableException exception) when (Stopwatch.GetElapsedTime(started) < settings.Lease)
            {
                await Task.Delay(exception.RetryAfter, time);
            }
            catch (StorageUnavailableException exception)
            {
                LogNotRecorded(exception, finished.Id);
                _ = RecordLaterAsync(finished, stoppingToken);
                return finished;
            }
            catch (Exception exception)
            {
                LogNotRecorded(exception, finished.Id);
                return finished;
            }
        }
    }

    /// <summary>Goes on trying beside the next runs, for as long as the service lives. A run whose end another process has written stays as it is.</summary>
    private async Task RecordLaterAsync(ModelRun finished, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(settings.Lease, time, stoppingToken);
                await runs.FinishAsync(finished, ProcessIdentity.Current, stoppingToken);
                return;
            }
            catch (StorageUnavailableException)
            {
                // The store is still away.
            }
            catch (Exception exception)
            {
                if (!stoppingToken.IsCancellationRequested)
                    LogNotRecorded(exception, finished.Id);
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Model run {Run} started by {Trigger}.")]
    private partial void LogStarted(long run, string trigger);

    [LoggerMessage(LogLevel.Information, "Model run {Run} ended as {Outcome} after {Elapsed}. {Reason}")]
    private partial void LogFinished(long run, string outcome, TimeSpan elapsed, string reason);

    [LoggerMessage(LogLevel.Warning, "Model run {Run}: {Note}")]
    private partial void LogNote(long run, string note);

    [LoggerMessage(LogLevel.Error, "Model run {Run} failed; the current snapshot keeps serving.")]
    private partial void LogFailed(Exception exception, long run);

    [LoggerMessage(LogLevel.Warning, "The lease of model run {Run} could not be renewed: {Reason}")]
    private partial void LogHeartbeatFailed(long run, string reason);

    [LoggerMessage(LogLevel.Error, "The end of model run {Run} could not be written. The service tries again, at the latest at its next start; the run then counts as published if its model is, and as interrupted if not.")]
    private partial void LogNotRecorded(Exception exception, long run);
}
