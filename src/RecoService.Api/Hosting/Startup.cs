using RecoService.Api.Demo;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>From an empty process to a service that is ready: migrations, what a crash left behind, the demo shop, the current publication. Waits for the store as long as it takes.</summary>
internal sealed partial class Startup(
    Database database, RunLog runs, PublicationLog publications, SnapshotPublisher publisher, DemoFill demo, RetrainTrigger trigger, WarmUp warmUp,
    Readiness readiness, RecoSettings settings, IHostEnvironment environment, TimeProvider time, ILogger<Startup> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private string? begun;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        LogStarting(ServiceEndpoint.Version, settings.ReplicaName, StoreText.Of(settings.Storage), ScheduleOf(settings.Retraining));
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
                LogWaiting(exception.Message);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        Begin("Migrating the store.");
        await database.MigrateAsync(cancellationToken);
        if (await runs.MarkInterruptedAsync(ProcessIdentity.IsDead, cancellationToken) is > 0 and var interrupted)
            LogInterrupted(interrupted);

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

    [LoggerMessage(LogLevel.Information, "Start-up: {Step}")]
    private partial void LogStep(string step);

    [LoggerMessage(LogLevel.Information, "Training the first model in the background; until it is there, lists show what sells.")]
    private partial void LogFirstModel();

    [LoggerMessage(LogLevel.Information, "Ready after {Seconds:F1} s.")]
    private partial void LogReady(double seconds);

    [LoggerMessage(LogLevel.Warning, "Start-up waits for the store: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} model run(s) were cut off by a crash; they are recorded as published where their model was, else as interrupted.")]
    private partial void LogInterrupted(int count);
}
