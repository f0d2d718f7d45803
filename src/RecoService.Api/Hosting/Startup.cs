using System.Data.Common;
using RecoService.Api.Demo;
using RecoService.Api.Retraining;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Status;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>From an empty process to a service that is ready: for each shop migrations, what a crash left behind, the demo shop, the current publication. Waits for a store as long as it takes.</summary>
internal sealed partial class Startup(
    ShopDirectory shops, WarmUp warmUp, TrainerRegistry trainers, RecoSettings settings, IHostEnvironment environment, IHostApplicationLifetime lifetime, TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FactsPatience = TimeSpan.FromSeconds(5);

    private readonly ILogger<Startup> logger = loggers.CreateLogger<Startup>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var shop in shops.All)
            LogStarting(ServiceEndpoint.Version, settings.Replica, StoreText.Of(shop.Settings.Storage), ScheduleOf(shop.Settings.Retraining));
        foreach (var absence in trainers.Absences)
            LogAbsence(absence);
        await Task.WhenAll(shops.All.Select(shop => StartAsync(shop, stoppingToken)));
    }

    private async Task StartAsync(Shop shop, CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        var readiness = shop.Serving.Readiness;
        string? begun = null;
        string? reported = null;
        while (true)
        {
            try
            {
                await StartAllAsync(shop, Begin, stoppingToken);
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

        void Begin(string step)
        {
            readiness.WaitFor(step);
            // While the store is away the first step is begun every other second.
            if (begun == step)
                return;
            begun = step;
            LogStep(step);
        }
    }

    private async Task StartAllAsync(Shop shop, Action<string> begin, CancellationToken cancellationToken)
    {
        begin("Migrating the store.");
        await shop.Store.Database.MigrateAsync(cancellationToken);
        await shop.LiveKeys.RefreshAsync(cancellationToken);
        await MarkInterruptedAsync(shop.Store.Runs, cancellationToken);

        var isDemo = shop.Settings.Demo.Enabled ?? environment.IsDevelopment();
        if (isDemo)
        {
            begin("Filling the demo shop.");
            await new DemoFill(shop.Store.Database, shop.Store.Import, shop.Settings.Kinds, time, loggers.CreateLogger<DemoFill>()).FillIfEmptyAsync(cancellationToken);
        }

        begin("Loading the current publication.");
        await shop.Serving.Publisher.PublishCurrentAsync(cancellationToken);
        if (isDemo && await shop.Store.Publications.GetCurrentAsync(cancellationToken) is null)
        {
            LogFirstModel();
            await shop.Retraining.Trigger.TryStartAsync("startup", force: false, cancellationToken);
        }

        begin("Warming up.");
        await warmUp.RunAsync(shop, cancellationToken);
        await shop.Monitor.LookAsync(cancellationToken);
        await shop.Facts.RefreshAsync(FactsPatience, cancellationToken);
    }

    private async Task MarkInterruptedAsync(RunLog runs, CancellationToken cancellationToken)
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
