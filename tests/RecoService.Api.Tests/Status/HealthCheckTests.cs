using Microsoft.Extensions.Diagnostics.HealthChecks;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Status;

public sealed class HealthCheckTests
{
    [Fact]
    public async Task Checks_OfAReadyService_AreAllHealthyAndSayThatTheCatalogueIsEmpty()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var report = await service.Get<HealthCheckService>().CheckHealthAsync();
        var status = await service.Admin.GetJsonAsync("/admin/status");

        Assert.Equal(["catalogue", "feed", "models", "start", "store"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(report.Entries.Values, entry => Assert.Equal(HealthStatus.Healthy, entry.Status));
        Assert.Equal("ready", status.GetProperty("status").GetString());
        Assert.StartsWith("The catalogue is empty", Assert.Single(status.GetProperty("reasons").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_WhileTheStoreIsAway_WriteNoLineEach()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, "--Reco:Storage:Provider=Postgres", "--Reco:Storage:ConnectionString=Host=127.0.0.1;Port=1;Timeout=1"));
        using var client = await process.ConnectAsync();

        await Wait.UntilAsync(async () =>
        {
            using var ready = await client.GetAsync("/health/ready");
            return (await ready.Content.ReadAsStringAsync()).Contains("does not answer", StringComparison.Ordinal);
        }, "the service says that it waits for the store");
        await process.TerminateAsync();

        Assert.Contains("Start-up waits for the store", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Health check", process.Output, StringComparison.Ordinal);
    }
}
