using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RecoService.Api.Hosting;
using RecoService.Api.Retraining;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Shops;

/// <summary>The container holds what the process has once. What belongs to a shop hangs off the shop, or a second one would share it.</summary>
public sealed class ShopRegistrationTests
{
    [Fact]
    public async Task Singletons_OfTheService_BelongToNoShop()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        IServiceCollection? registered = null;
        await using var app = RecoApplication.Create([.. TestService.DefaultSettings, .. database.Settings], builder => registered = builder.Services);

        Assert.True(registered!.Count > 100, "Too little is registered for this to be the service.");
        Assert.Empty(ShopMembers.Among(registered, app.Services.GetServices<IHostedService>()));
    }

    [Theory]
    [InlineData(typeof(Shop))]
    [InlineData(typeof(ShopStore))]
    [InlineData(typeof(InteractionLog))]
    [InlineData(typeof(SnapshotHost))]
    [InlineData(typeof(SnapshotPublisher))]
    [InlineData(typeof(ImpressionWriter))]
    [InlineData(typeof(Readiness))]
    [InlineData(typeof(RetrainTrigger))]
    [InlineData(typeof(RetrainJob))]
    [InlineData(typeof(FirstRun))]
    [InlineData(typeof(StoreMonitor))]
    [InlineData(typeof(StoreFacts))]
    [InlineData(typeof(ApiKeyRing))]
    [InlineData(typeof(RetrainingSettings))]
    [InlineData(typeof(HasHoldOfAShop))]
    public void Among_WhatBelongsToAShop_IsFound(Type type) =>
        Assert.Equal([type.Name], ShopMembers.Among(new ServiceCollection().AddSingleton(type), []));

    [Fact]
    public void Among_HostedServiceOfAShop_IsFound()
    {
        using var hosted = new HostedOfAShop(new Readiness());

        Assert.Equal([nameof(HostedOfAShop)], ShopMembers.Among(new ServiceCollection(), [hosted]));
    }

    [Fact]
    public void Among_WhatTheProcessHas_IsNotFound() =>
        Assert.Empty(ShopMembers.Among(new ServiceCollection().AddSingleton<ShopFactory>().AddSingleton(TimeProvider.System).AddSingleton<ShopDirectory>(), []));

    private sealed class HasHoldOfAShop
    {
        public SnapshotHost? Snapshots { get; init; }
    }

    private sealed class HostedOfAShop(Readiness readiness) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.FromResult(readiness.IsReady);
    }
}
