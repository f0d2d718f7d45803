using Quartz;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Shops;

/// <summary>
/// What a request belongs to: a database, what is served from it, the model runs on it, the keys that open it. Two shops of one process share nothing that changes.
/// Its background work runs from <see cref="StartAsync"/> to <see cref="StopAsync"/>; commands do without.
/// </summary>
internal sealed class Shop(
    string name, ShopSettings settings, ShopStore store, StoreMonitor monitor, StoreFacts facts, ShopServing serving, ShopRetraining retraining, ShopDiagnosis diagnosis, ShopErasing erasing, LiveKeys keys, KeyFollower keyFollower, LiveConfiguration configuration, WireValidators validators)
    : IAsyncDisposable
{
    /// <summary>The one shop there is, as long as the configuration has one database.</summary>
    public const string DefaultName = "default";

    private bool isStarted;
    private bool isDisposed;

    public string Name => name;

    public ShopSettings Settings => settings;

    public ShopStore Store => store;

    /// <summary>Whether the store would take a write.</summary>
    public StoreMonitor Monitor => monitor;

    /// <summary>What the store holds.</summary>
    public StoreFacts Facts => facts;

    public ShopServing Serving => serving;

    public ShopRetraining Retraining => retraining;

    /// <summary>What looks through its data and its logs.</summary>
    public ShopDiagnosis Diagnosis => diagnosis;

    /// <summary>The settings that hold without a restart.</summary>
    public LiveConfiguration Configuration => configuration;

    /// <summary>What makes it forget.</summary>
    public ShopErasing Erasing => erasing;

    /// <summary>Who may call, what they may do and how often.</summary>
    public ApiKeyRing Keys => keys.Current;

    /// <summary>The same with those that operators made, as they change.</summary>
    public LiveKeys LiveKeys => keys;

    /// <summary>Of what clients send, by the kinds that the shop knows.</summary>
    public WireValidators Validators => validators;

    /// <summary>What runs from start to stop, in the order of the start.</summary>
    public IReadOnlyList<BackgroundService> Background { get; } = [monitor, .. serving.Background, .. retraining.Background, .. diagnosis.Background, .. erasing.Background, keyFollower, configuration];

    /// <summary>Handlers have a parameter of this type.</summary>
    public static ValueTask<Shop?> BindAsync(HttpContext context) => new(context.RequestServices.GetRequiredService<ShopDirectory>().Of(context));

    /// <summary>Starts the background work; what it needs of the store may still be missing then.</summary>
    public async Task StartAsync(ISchedulerFactory schedulers, CancellationToken cancellationToken)
    {
        isStarted = true;
        foreach (var service in Background)
            await service.StartAsync(cancellationToken);
        await retraining.Schedule.StartAsync(schedulers, cancellationToken);
    }

    /// <summary>Ends the background work in good order: a run is interrupted, and impressions that wait are written. Called twice it does nothing more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!isStarted)
            return;
        isStarted = false;
        await retraining.Schedule.StopAsync();
        foreach (var service in Background.Reverse())
            await service.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await StopAsync(CancellationToken.None);
        foreach (var service in Background)
            service.Dispose();
        serving.Dispose();
        keys.Dispose();
        await store.DisposeAsync();
    }
}
