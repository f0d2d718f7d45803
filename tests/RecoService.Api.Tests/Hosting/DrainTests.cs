using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Status;
using RecoService.Api.Tests.Service;
using RecoService.Api.Tests.Shops;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

public sealed class DrainTests : IAsyncLifetime
{
    private readonly ShopProcess process = new();
    private readonly StopNotice notice = new();
    private TestDatabase database = null!;
    private ShopDirectory shops = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        shops = new ShopDirectory(process.Create(Shop.DefaultName, database));
    }

    public async ValueTask DisposeAsync()
    {
        await shops.DisposeAsync();
        await process.DisposeAsync();
        await database.DisposeAsync();
    }

    private Drain Create(TimeSpan? drain, string environment = "Production", bool isReady = true)
    {
        if (isReady)
            shops.Default.Serving.Readiness.Complete();
        return new(notice, shops, new RecoSettings { Shutdown = { Drain = drain } }, new Named(environment), TimeProvider.System, NullLogger<Drain>.Instance);
    }

    [Fact]
    public async Task Stopping_Ready_SaysSoAtOnceAndWaitsNoLongerThanTheHost()
    {
        using var host = new CancellationTokenSource();

        var stopping = Create(ShutdownLimit).StoppingAsync(host.Token);

        Assert.True(notice.IsGiven);
        Assert.False(stopping.IsCompleted);
        await host.CancelAsync();
        await stopping;
    }

    [Fact]
    public void Stopping_NeverReady_DoesNotWait()
    {
        Assert.True(Create(ShutdownLimit, isReady: false).StoppingAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.True(notice.IsGiven);
    }

    [Theory]
    [InlineData("Production", 0)]
    [InlineData("Development", null)]
    public void Stopping_WithNothingToWaitFor_DoesNotWait(string environment, int? seconds) =>
        Assert.True(Create(seconds is { } given ? TimeSpan.FromSeconds(given) : null, environment).StoppingAsync(CancellationToken.None).IsCompletedSuccessfully);

    private static TimeSpan ShutdownLimit => TimeSpan.FromMinutes(5);

    private sealed class Named(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "RecoService";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
