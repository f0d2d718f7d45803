using System.Net;
using System.Text.Json;
using RecoService.Api.Importing.Values;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>Two services, in processes of their own, on one PostgreSQL database.</summary>
public sealed class ReplicaTests
{
    [Fact]
    public async Task Replicas_OneTrains_TheOtherWaitsAndCanCancelIt()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await RetrainTests.PublishOneAsync(database);
        await using var trains = await TestService.StartAsync(database, TasteShop.SlowTraining);
        using var started = await trains.Admin.PostAsync("/admin/retrain", null);
        await started.ReadJsonAsync(HttpStatusCode.Accepted);
        var location = started.Headers.Location!.ToString();

        // A replica that starts now must see that the holder of the lease lives.
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, TasteShop.QuickTraining));
        using var other = await process.ConnectWhenReadyAsync();
        Assert.Equal(JsonValueKind.Null, (await other.GetJsonAsync(location)).GetProperty("outcome").ValueKind);
        using var second = await other.PostAsync("/admin/retrain", null);
        await second.ReadJsonAsync(HttpStatusCode.Conflict);
        Assert.Equal(location, second.Headers.Location!.ToString());
        await Wait.UntilAsync(async () => (await other.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the other replica sees the stage");

        await other.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Accepted);
        RetrainTests.AssertEnded(await trains.Admin.WaitForRunAsync(location), "cancelled", "operator");
        RetrainTests.AssertEnded(await other.RetrainAsync(force: true), "published", "overridden");
    }

    [Fact]
    public async Task Replicas_OneWritesAndPublishes_TheOtherServesItSoon()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var writes = await RetrainTests.StartFilledAsync(database);
        await using var reads = await TestService.StartAsync(database);
        Assert.Equal(JsonValueKind.Null, (await reads.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("modelVersion").ValueKind);

        var version = RetrainTests.Version(await writes.Admin.RetrainAsync());
        await SoonAsync(async () => await VersionAsync(reads) == version, "the publication is served");
        var list = await reads.Storefront.RecommendAsync("user-000");
        Assert.Equal(await writes.Storefront.RecommendAsync("user-000"), list);

        await writes.Storefront.PostInteractionsAsync(new { userId = "user-000", itemId = list[0], kind = "purchase" });
        await SoonAsync(async () => !(await reads.Storefront.RecommendAsync("user-000")).Contains(list[0]), "the purchase is known");
        await writes.Admin.SendJsonAsync(HttpMethod.Patch, $"/items/{list[1]}", """{ "available": false }""");
        await SoonAsync(async () => !(await reads.Storefront.RecommendAsync("user-000")).Contains(list[1]), "the item is known to be unavailable");
        await writes.Admin.SendJsonAsync(HttpMethod.Delete, $"/items/{list[2]}", null, HttpStatusCode.NoContent);
        await SoonAsync(async () => !(await reads.Storefront.RecommendAsync("user-000")).Contains(list[2]), "the item is known to be deleted");
        await writes.Admin.SendJsonAsync(HttpMethod.Delete, "/users/user-000", null, HttpStatusCode.Accepted);
        await SoonAsync(async () => (await reads.Storefront.RecommendAsync("nobody")).SequenceEqual(await reads.Storefront.RecommendAsync("user-000")), "the user is forgotten");

        var next = RetrainTests.Version(await reads.Admin.RetrainAsync(force: true));
        await SoonAsync(async () => await VersionAsync(writes) == next, "the other's publication is served");
        await writes.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null);
        await SoonAsync(async () => await VersionAsync(reads) == version, "the roll back is served");
    }

    /// <summary>The bound is wide because the machine may be busy; the feed is read every half second.</summary>
    private static Task SoonAsync(Func<Task<bool>> condition, string what) => Wait.UntilAsync(condition, what, TimeSpan.FromSeconds(15));

    private static async Task<int?> VersionAsync(TestService service) =>
        (await service.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("modelVersion") is { ValueKind: JsonValueKind.Number } version ? version.GetInt32() : null;
}
