using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Models;

/// <summary>Each judged model says whom and what its lists serve, and may be refused for it.</summary>
public sealed class ModelAuditTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Audit_OfAPublishedModel_IsThatOfItsRun(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database, ["--Reco:Retraining:Recommender=item-knn"]);
        for (var item = 0; item < 6; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/item-0-{item:00}", $$"""{ "categories": ["Zero > {{item}}"], "attributes": { "brand": "{{(item < 3 ? "Oak" : "Elm")}}" } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-1-00", """{ "categories": ["One"] }""", HttpStatusCode.Created);

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        var version = run.GetProperty("modelVersion").GetInt32();
        var answer = await service.Viewer.GetJsonAsync($"/admin/models/{version}/audit");
        Assert.Equal((version, "item-knn"), (answer.GetProperty("version").GetInt32(), answer.GetProperty("trainer").GetString()));
        var audit = answer.GetProperty("audit");
        Assert.Equal(run.GetProperty("metrics").GetProperty("audit").ToString(), audit.ToString());
        Assert.Equal(run.GetProperty("metrics").GetProperty("judgedUsers").GetInt32(), audit.GetProperty("users").GetInt32());
        Assert.InRange(audit.GetProperty("items").GetProperty("gini").GetDouble(), 0, 1);
        Assert.Equal(["One", "Zero"], audit.GetProperty("categories").EnumerateArray().Select(group => group.GetProperty("group").GetString()).Order());
        Assert.Equal(1, audit.GetProperty("categories").EnumerateArray().Sum(group => group.GetProperty("demandShare").GetDouble()), 9);
        Assert.Equal(["Elm", "Oak"], audit.GetProperty("providers").EnumerateArray().Select(group => group.GetProperty("group").GetString()).Order());
        Assert.All(audit.GetProperty("userGroups").EnumerateArray(), group => Assert.Equal("activity", group.GetProperty("attribute").GetString()));

        await Refusal.SendAsync(service, "GET", "/admin/models/99999/audit", null, null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("MaxExposureGini", "0", "Its lists spread exposure unevenly: the Gini coefficient is ")]
    [InlineData("MaxMiscalibration", "0", "Its lists differ in their categories from what users did by ")]
    public async Task Gate_AnAuditBeyondItsBound_RefusesTheModel(string setting, string value, string reason)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, ["--Reco:Retraining:Recommender=popularity", $"--Reco:Retraining:Gate:{setting}={value}"]);
        foreach (var item in (await service.Admin.GetJsonAsync("/items?limit=1000")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!))
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", $$"""{ "categories": ["Taste {{item[5]}}"] }""", HttpStatusCode.Created);

        var run = await service.Admin.RetrainAsync();

        Assert.Equal("refused", run.GetProperty("outcome").GetString());
        Assert.StartsWith(reason, run.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.EndsWith($"Reco:Retraining:Gate:{setting} is {value}.", run.GetProperty("reason").GetString(), StringComparison.Ordinal);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(force: true), "published", "The gate was overridden.");
    }

    [Fact]
    public async Task Audit_OfAModelThatNobodyJudged_Is409()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Recommender=popularity"]);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "purchase" });
        var run = await service.Admin.RetrainAsync(force: true);

        var problem = await Refusal.SendAsync(service, "GET", $"/admin/models/{run.GetProperty("modelVersion").GetInt32()}/audit", null, null, HttpStatusCode.Conflict);

        Assert.Contains("Nobody has judged model version", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
