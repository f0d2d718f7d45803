using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Status;

namespace RecoService.Api.Hosting;

/// <summary>A service that is told to stop says so first and goes on answering for a while, so that a load balancer has looked elsewhere before the last connection closes.</summary>
internal sealed partial class Drain(StopNotice notice, ShopDirectory shops, RecoSettings settings, IHostEnvironment environment, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before anything else of the service is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        notice.Give();
        var pause = settings.Shutdown.DrainIn(environment);
        // One that never was ready has nobody who must look elsewhere first, and a start that failed should end at once.
        if (pause == TimeSpan.Zero || !shops.All.Any(shop => shop.Serving.Readiness.IsReady))
            return;
        LogDraining(pause.TotalSeconds);
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: /health/ready answers 503, and requests are answered for {Seconds:0.#} s more.")]
    private partial void LogDraining(double seconds);
}
