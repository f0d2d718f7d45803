using Quartz;

namespace RecoService.Api.Shops;

/// <summary>Runs the background work of every shop. Where some of it fails, this fails with it, and the host stops.</summary>
internal sealed class ShopBackground(ShopDirectory shops, ISchedulerFactory schedulers, TimeProvider time) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var shop in shops.All)
            await shop.StartAsync(schedulers, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var shop in shops.All)
            await shop.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await await Task.WhenAny(shops.All.SelectMany(shop => shop.Background).Select(service => WatchAsync(service, stoppingToken)));

    /// <summary>Ends when the service fails, or when the watching is to stop, which comes before the services do. One that has nothing more to do is no failure.</summary>
    private async Task WatchAsync(BackgroundService service, CancellationToken stoppingToken)
    {
        await (service.ExecuteTask ?? Task.CompletedTask).WaitAsync(stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
    }
}
