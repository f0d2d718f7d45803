using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using RecoService.Api.Interactions;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Engine.Algorithms;

namespace RecoService.Api.Tests.Shops;

/// <summary>What shops of one process are made of, without a host.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddMetrics().AddQuartz().BuildServiceProvider();

    public ShopProcess()
    {
        Metrics = new RecoMetrics(services.GetRequiredService<IMeterFactory>());
        Factory = new ShopFactory(TimeProvider.System, services.GetRequiredService<ILoggerFactory>(), BuiltInTrainers.Registry, Metrics, new WireLimits(), new LogVolume(Serilog.Events.LogEventLevel.Information));
        Writer = new InteractionWriter(Metrics);
    }

    public RecoMetrics Metrics { get; }

    public ShopFactory Factory { get; }

    public InteractionWriter Writer { get; }

    public ISchedulerFactory Schedulers => services.GetRequiredService<ISchedulerFactory>();

    /// <summary>A shop that has not touched its database.</summary>
    public Shop Create(string name, TestDatabase database, bool isScheduled = false) => Factory.Create(name, ShopSettings.Of(new RecoSettings
    {
        Storage = new StoreSettings { Provider = database.Provider, ConnectionString = database.ConnectionString },
        Security = new SecuritySettings { ApiKeys = [new ApiKeySettings { Name = "storefront", Key = KeyOf(name), RequestsPerSecond = 1 }] },
        Retraining = new RetrainingSettings { Enabled = isScheduled, Recommender = "popularity", AlsoTrain = "" },
    }));

    /// <summary>A shop that serves what its database holds.</summary>
    public async Task<Shop> OpenAsync(string name, TestDatabase database, bool isScheduled = false)
    {
        var shop = Create(name, database, isScheduled);
        await shop.Store.Database.MigrateAsync(CancellationToken.None);
        await shop.Serving.Publisher.PublishCurrentAsync(CancellationToken.None);
        shop.Serving.Readiness.Complete();
        await shop.StartAsync(Schedulers, CancellationToken.None);
        return shop;
    }

    public static string KeyOf(string name) => $"the key of the shop {name}";

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
