using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;

namespace RecoService.Api.Tests.Hosting;

public sealed class DrainTests
{
    private static Drain Create(Readiness readiness, TimeSpan? drain, string environment = "Production") =>
        new(readiness, new RecoSettings { Shutdown = { Drain = drain } }, new Named(environment), TimeProvider.System, NullLogger<Drain>.Instance);

    private static Readiness Ready()
    {
        var readiness = new Readiness();
        readiness.Complete();
        return readiness;
    }

    [Fact]
    public async Task Stopping_Ready_SaysSoAtOnceAndWaitsNoLongerThanTheHost()
    {
        var readiness = Ready();
        using var host = new CancellationTokenSource();

        var stopping = Create(readiness, ShutdownLimit).StoppingAsync(host.Token);

        Assert.True(readiness.IsStopping);
        Assert.False(stopping.IsCompleted);
        await host.CancelAsync();
        await stopping;
    }

    [Fact]
    public void Stopping_NeverReady_DoesNotWait()
    {
        var readiness = new Readiness();

        Assert.True(Create(readiness, ShutdownLimit).StoppingAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.True(readiness.IsStopping);
    }

    [Theory]
    [InlineData("Production", 0)]
    [InlineData("Development", null)]
    public void Stopping_WithNothingToWaitFor_DoesNotWait(string environment, int? seconds) =>
        Assert.True(Create(Ready(), seconds is { } given ? TimeSpan.FromSeconds(given) : null, environment).StoppingAsync(CancellationToken.None).IsCompletedSuccessfully);

    private static TimeSpan ShutdownLimit => TimeSpan.FromMinutes(5);

    private sealed class Named(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "RecoService";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
