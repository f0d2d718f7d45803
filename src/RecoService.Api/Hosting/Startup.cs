using System.Data.Common;
using RecoService.Api.Demo;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>From an empty process to a service that is ready: migrations, what a crash left behind, the demo shop, the current publication. Waits for the store as long as it takes.</summary>
internal sealed partial class Startup(
    Database database, RunLog runs, PublicationLog publications, SnapshotPublisher publisher, DemoFill demo, RetrainTrigger trigger, WarmUp warmUp,
    StoreFacts facts, StoreMonitor monitor, Readiness readiness, TrainerRegistry trainers, RecoSettings settings, IHostEnvironment environment, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Startup> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FactsPatience = TimeSpan.FromSeconds(5);

    private string? begun;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        LogStarting(ServiceEndpoint.Version, settings.Replica, StoreText.Of(settings.Storage), ScheduleOf(settings.Retraining));
        foreach (var absence in trainers.Absences)
            LogAbsence(absence);
        string? reported = null;
        while (true)
        {
            try
            {
                await StartAllAsync(stoppingToken);
                readiness.Complete();
                LogReady(time.GetElapsedTime(started).TotalSeconds);
                return;
            }
            catch (StorageUnavailableException exception)
            {
                readiness.WaitFor($"The store does not answer: {exception.Message}");
                // Once per reason: the same line every two seconds helps nobody.
                var fault = exception.ToOperators();
                if (fault != reported)
                    LogWaiting(fault);
                reported = fault;
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
            catch (Exception exception) when (exception is StorageConfigurationException or DbException && !stoppingToken.IsCancellationRequested)
            {
                // Waiting mends nothing here. One line says what does, and whoever started the service sees how it ended.
                readiness.Fail(exception.Message);
                LogGivenUp(exception.Message);
                // A host that is stopped while it starts says that its start failed, at length.
                await using var registration = lifetime.ApplicationStarted.Register(lifetime.StopApplication);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
                return;
            }
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        Begin("Migrating the store.");
        await database.MigrateAsync(cancellationToken);
        await MarkInterruptedAsync(cancellationToken);

        var isDemo = settings.Demo.Enabled ?? environment.IsDevelopment();
        if (isDemo)
        {
            Begin("Filling the demo shop.");
            await demo.FillIfEmptyAsync(cancellationToken);
        }

        Begin("Loading the current publication.");
        await publisher.PublishCurrentAsync(cancellationToken);
        if (isDemo && await publications.GetCurrentAsync(cancellationToken) is null)
        {
            LogFirstModel();
            await trigger.TryStartAsync("startup", force: false, cancellationToken);
        }

        Begin("Warming up.");
        await warmUp.RunAsync(cancellationToken);
        await monitor.LookAsync(cancellationToken);
        await facts.RefreshAsync(FactsPatience, cancellationToken);
    }

    private async Task MarkInterruptedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await runs.MarkInterruptedAsync(ProcessIdentity.IsDead, cancellationToken) is > 0 and var interrupted)
                LogInterrupted(interrupted);
        }
        catch (StorageUnavailableException exception)
        {
            // A store that can only be read has lists to serve; if it cannot be read either, the next step says so.
            LogReadOnly(exception.ToOperators());
        }
    }

    private void Begin(string step)
    {
        readiness.WaitFor(step);
        // While the store is away the first step is begun every other second.
        if (begun == step)
            return;
        begun = step;
        LogStep(step);
    }

    private static string ScheduleOf(RetrainingSettings retraining) =>
        !retraining.Enabled ? "only when asked for" : retraining.Cron is { } cron ? $"by '{cron}' in UTC" : $"every {retraining.Interval:c}";

    [LoggerMessage(LogLevel.Information, "RecoService {Version} starts as replica {ReplicaName}: store {Store}; model runs {Schedule}.")]
    private partial void LogStarting(string version, string replicaName, string store, string schedule);

    [LoggerMessage(LogLevel.Warning, "{Reason} Models that it trained are still served.")]
    private partial void LogAbsence(string reason);

    [LoggerMessage(LogLevel.Information, "Start-up: {Step}")]
    private partial void LogStep(string step);

    [LoggerMessage(LogLevel.Information, "Training the first model in the background; until it is there, lists show what sells.")]
    private partial void LogFirstModel();

    [LoggerMessage(LogLevel.Information, "Ready after {Seconds:F1} s.")]
    private partial void LogReady(double seconds);

    [LoggerMessage(LogLevel.Warning, "Start-up waits for the store: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Critical, "The service cannot start: {Reason}")]
    private partial void LogGivenUp(string reason);

    [LoggerMessage(LogLevel.Warning, "The store takes no writes at the start: {Reason}")]
    private partial void LogReadOnly(string reason);

    [LoggerMessage(LogLevel.Warning, "A crash cut off {Count} model run(s). A run counts as published if its model is, and as interrupted if not.")]
    private partial void LogInterrupted(int count);
}
