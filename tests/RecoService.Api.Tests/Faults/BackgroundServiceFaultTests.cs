using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>No exception leaves a background service, whatever the store answers: the host would stop with it.</summary>
public sealed class BackgroundServiceFaultTests
{
    private static readonly string[] Tables = ["leases", "model_runs", "publications", "impressions"];

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Store_FailsInAWayThatNobodyExpects_EveryBackgroundServiceGoesOn(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await RetrainTests.PublishOneAsync(database);
        using var log = new LogCapture();
        await using var service = await TestService.StartAsync(database, TasteShop.SlowTraining, log.AddTo);
        using var started = await service.Admin.PostAsync("/admin/retrain", null);
        await started.ReadJsonAsync(HttpStatusCode.Accepted);
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the run trains");

        // An unknown table is no sign of a database that is away, so nothing translates it.
        foreach (var table in Tables)
            await database.ExecuteAsync($"ALTER TABLE {table} RENAME TO {table}_away");
        await service.Storefront.RecommendAsync("user-000");
        foreach (var words in new[] { "could not be renewed", "cannot be followed", "impressions were dropped" })
            await Wait.UntilAsync(() => Task.FromResult(log.Lines.Any(line => line.Message.Contains(words, StringComparison.Ordinal))), $"the log says that something '{words}'");

        var services = service.Shop.Background.Concat(service.Services.GetServices<IHostedService>().OfType<BackgroundService>()).ToList();
        Assert.True(services.Count >= 5, string.Join(", ", services));
        Assert.DoesNotContain(services, background => background.ExecuteTask is { IsFaulted: true } or { IsCanceled: true });
        Assert.NotEmpty(await service.Storefront.RecommendAsync("user-001"));

        foreach (var table in Tables)
            await database.ExecuteAsync($"ALTER TABLE {table}_away RENAME TO {table}");
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Accepted);
        RetrainTests.AssertEnded(await service.Admin.WaitForRunAsync(location), "cancelled", "operator");
        await Wait.UntilAsync(() => Task.FromResult(log.Lines.Any(line => line.Message.Contains("Following changes in the store again", StringComparison.Ordinal))), "the changes are followed again");
    }
}
