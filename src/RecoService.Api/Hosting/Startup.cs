using RecoService.Api.Demo;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>From an empty process to a service that is ready: migrations, what a crash left behind, the demo shop, the current publication. Waits for the store as long as it takes.</summary>
internal sealed partial class Startup(
    Database database, RunLog runs, PublicationLog publications, SnapshotPublisher publisher, DemoFill demo, RetrainTrigger trigger, WarmUp warmUp,
    Readiness readiness, RecoSettings settings, IHostEnvironment environment, TimeProvider time, ILogger<Startup> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await StartAllAsync(stoppingToken);
                readiness.Complete();
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
        readiness.WaitFor("Migrating the store.");
        await database.MigrateAsync(cancellationToken);
        if (await runs.MarkInterruptedAsync(ProcessIdentity.IsDead, cancellationToken) is > 0 and var interrupted)
            LogInterrupted(interrupted);

        var isDemo = settings.Demo.Enabled ?? environment.IsDevelopment();
        if (isDemo)
        {
            readiness.WaitFor("Filling the demo shop.");
            await demo.FillIfEmptyAsync(cancellationToken);
        }

        readiness.WaitFor("Loading the current publication.");
        await publisher.PublishCurrentAsync(cancellationToken);
        if (isDemo && await publications.GetCurrentAsync(cancellationToken) is null)
            await trigger.TryStartAsync("startup", force: false, cancellationToken);

        readiness.WaitFor("Warming up.");
        await warmUp.RunAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Start-up waits for the store: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} model run(s) had been interrupted by a crash and are recorded so; what was published before keeps serving.")]
    private partial void LogInterrupted(int count);
}
