using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class PreviewEndpointsTests(PreviewEndpointsTests.Shop shop) : IClassFixture<PreviewEndpointsTests.Shop>
{
    public sealed class Shop : SharedServices
    {
        protected override string[] Settings =>
        [
            "--Reco:Demo:Enabled=true", "--Reco:Retraining:Recommender=item-knn", "--Reco:Placements:deals:Sources=recommender, popular", "--Reco:Placements:deals:Filter=price < 40", "--Reco:Placements:deals:Diversity=0.3",
            "--Reco:Placements:deals:MostPerValue=category:3", "--Reco:Placements:deals:Fallback=relax", "--Reco:Placements:deals:NewItemShare=0.1",
        ];
    }

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Fact]
    public async Task List_OfAConfiguredPlacement_SaysWhatItDoes()
    {
        var service = await StartedAsync(StorageProvider.Sqlite);

        var answer = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/placements");

        var deals = Assert.Single(answer.GetProperty("placements").EnumerateArray(), placement => placement.GetProperty("name").GetString() == "deals");
        Assert.Equal(["recommender", "popular"], deals.GetProperty("sources").EnumerateArray().Select(source => source.GetString()));
        Assert.Equal("price < 40", deals.GetProperty("filter").GetString());
        Assert.Equal("relax", deals.GetProperty("fallback").GetString());
        Assert.Equal(0.1, deals.GetProperty("newItemShare").GetDouble());
        Assert.Equal(["diversity=0.3", "mostPerValue=category:3"], deals.GetProperty("order").EnumerateArray().Select(step => $"{step.GetProperty("name").GetString()}={step.GetProperty("value").GetString()}"));
        Assert.Contains(answer.GetProperty("placements").EnumerateArray(), placement => placement.GetProperty("name").GetString() == "similar" && placement.GetProperty("subject").GetString() == "item");
        Assert.Equal("item-knn", answer.GetProperty("recommenders")[0].GetString());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Preview_OfAUser_IsTheListOfTheCallAndNoImpression(StorageProvider provider)
    {
        var service = await StartedAsync(provider);

        var preview = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/placements/deals/preview?userId=user-0001&limit=8&include=price");
        const string impressions = "SELECT count(*) FROM impressions WHERE placement = 'deals'";
        using var response = await service.Storefront.PostAsJsonAsync("/recommendations", new { placement = "deals", userId = "user-0001", limit = 8 });
        var list = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(IdsOf(list), IdsOf(preview));
        Assert.Equal(8, IdsOf(preview).Count);
        Assert.All(preview.GetProperty("items").EnumerateArray(), item =>
        {
            Assert.True(item.GetProperty("item").GetProperty("price").GetDouble() < 40);
            Assert.NotEmpty(item.GetProperty("reasons").GetProperty("text").GetString()!);
        });
        // Impressions are written in the order of the lists, so what was shown last is stored last.
        var database = shop.DatabaseOf(provider);
        await Wait.UntilAsync(async () => await database.CountAsync(impressions) > 0, "the shown list is an impression");
        Assert.Equal(1, await database.CountAsync(impressions));
    }

    [Fact]
    public async Task Preview_ByAnotherRecommender_IsOfItAlone()
    {
        var service = await StartedAsync(StorageProvider.Sqlite);

        var own = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/placements/home/preview?userId=user-0001");
        var popular = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/placements/home/preview?userId=user-0001&recommender=popularity");

        Assert.Contains(own.GetProperty("items").EnumerateArray(), item => item.GetProperty("source").GetString() == "item-knn");
        Assert.All(popular.GetProperty("items").EnumerateArray(), item => Assert.Equal("popularity", item.GetProperty("source").GetString()));
        Assert.NotEqual(IdsOf(own), IdsOf(popular));
    }

    [Theory]
    [InlineData("/admin/placements/nowhere/preview", "placement")]
    [InlineData("/admin/placements/home/preview?recommender=none", "recommender")]
    [InlineData("/admin/placements/home/preview?limit=0", "limit")]
    [InlineData("/admin/placements/home/preview?filter=price%20%3C", "filter")]
    [InlineData("/admin/placements/similar/preview", "itemId")]
    [InlineData("/admin/placements/home/preview?include=colour", "include")]
    public async Task Preview_OfWhatCannotBe_NamesTheField(string path, string field)
    {
        var service = await StartedAsync(StorageProvider.Sqlite);

        using var response = await service.Admin.GetAsync(path);

        var problem = await Refusal.ReadProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Preview_OfAnItemThatIsNone_IsNotFound()
    {
        var service = await StartedAsync(StorageProvider.Sqlite);

        using var response = await service.Admin.GetAsync("/admin/placements/similar/preview?itemId=nothing");

        await Refusal.ReadProblemAsync(response, HttpStatusCode.NotFound);
    }

    private async Task<TestService> StartedAsync(StorageProvider provider)
    {
        var service = await shop.OnAsync(provider);
        await Wait.UntilAsync(async () => (await service.Admin.GetFromJsonAsync<JsonElement>("/admin/status")).GetProperty("modelVersion").ValueKind == JsonValueKind.Number, "the first model is served");
        return service;
    }


    private static List<string> IdsOf(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
}
