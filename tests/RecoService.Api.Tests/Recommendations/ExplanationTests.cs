using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecoService.Api.Recommendations;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Models;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>Why an item is in a list, and why another is not.</summary>
public sealed class ExplanationTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Explain_AnItemModel_NamesTheUsersOwnItemsRulesAndWhatKeepsOthersOut(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database, ["--Reco:Retraining:Recommender=item-knn", "--Reco:Recommendations:NewItemShare=0"]);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        await service.Storefront.PostInteractionsAsync(new { userId = "asking", itemId = "item-1-00", kind = "purchase" });

        // Without being asked for, nothing is said.
        Assert.False((await ListAsync(service, explain: false))[0].TryGetProperty("reasons", out _));
        var items = await ListAsync(service, explain: true);
        var first = items[0].GetProperty("reasons");
        Assert.Equal("history", first.GetProperty("code").GetString());
        Assert.Equal("Because you bought item-1-00", first.GetProperty("text").GetString());
        Assert.Equal("item-1-00", first.GetProperty("items")[0].GetProperty("itemId").GetString());
        Assert.Equal(1, first.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("share").GetDouble()), 1e-3);
        Assert.Empty(first.GetProperty("rules").EnumerateArray());
        Assert.Equal("因为您购买过item-1-00", (await ListAsync(service, explain: true, language: "fr, zh-CN;q=0.8, en;q=0.5"))[0].GetProperty("reasons").GetProperty("text").GetString());

        // One of the list, one that is consumed, one of another taste, one that nobody may see, one that a rule keeps out, one that a filter does.
        var shown = items[1].GetProperty("itemId").GetString()!;
        var why = await WhyAsync(service, shown);
        Assert.Equal((true, 2, JsonValueKind.Null), (why.GetProperty("shown").GetBoolean(), why.GetProperty("position").GetInt32(), why.GetProperty("keptOutBy").ValueKind));
        Assert.Equal(items[1].GetProperty("score").GetSingle(), why.GetProperty("score").GetSingle());
        Assert.Equal("consumed", (await WhyAsync(service, "item-1-00")).GetProperty("keptOutBy").GetString());
        var below = await WhyAsync(service, items[4].GetProperty("itemId").GetString()!, "&limit=3");
        Assert.Equal("below-the-list", below.GetProperty("keptOutBy").GetString());
        Assert.Equal(items[2].GetProperty("score").GetSingle(), below.GetProperty("lastScore").GetSingle());
        Assert.True(below.GetProperty("score").GetSingle() <= below.GetProperty("lastScore").GetSingle());
        Assert.Equal("history", below.GetProperty("reason").GetProperty("code").GetString());
        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{shown}", """{ "available": false }""", HttpStatusCode.Created);
        Assert.Equal("catalogue", (await WhyAsync(service, shown)).GetProperty("keptOutBy").GetString());
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/no-thanks", $$"""{ "items": "itemId = \"{{items[2].GetProperty("itemId").GetString()}}\"", "action": { "exclude": true } }""", HttpStatusCode.Created);
        var ruled = await WhyAsync(service, items[2].GetProperty("itemId").GetString()!);
        Assert.Equal(("rule", "no-thanks"), (ruled.GetProperty("keptOutBy").GetString(), ruled.GetProperty("rules")[0].GetString()));
        Assert.Equal("filter", (await WhyAsync(service, items[3].GetProperty("itemId").GetString()!, "&filter=itemId%20%3D%20%22x%22")).GetProperty("keptOutBy").GetString());
        using var unknown = await service.Admin.GetAsync("/recommendations/asking/explain/never-heard-of");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/up", $$"""{ "items": "itemId = \"{{items[4].GetProperty("itemId").GetString()}}\"", "action": { "pin": 1 } }""", HttpStatusCode.Created);
        var pinned = (await ListAsync(service, explain: true))[0];
        Assert.Equal(items[4].GetProperty("itemId").GetString(), pinned.GetProperty("itemId").GetString());
        Assert.Equal(["up"], pinned.GetProperty("reasons").GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()));
    }

    [Fact]
    public async Task Explain_OtherPlacements_SayWhereTheirItemsComeFrom()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        foreach (var item in new[] { "a", "b" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", """{ "groupId": "g" }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { userId = "asking", itemId = "a", kind = "view" });

        async Task<(string?, string?)> ReasonAsync(string placement)
        {
            var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = "asking", placement, explain = true }));
            var reason = list.GetProperty("items")[0].GetProperty("reasons");
            return (reason.GetProperty("code").GetString(), reason.GetProperty("text").GetString());
        }

        Assert.Equal(("popular", "Popular with other customers"), await ReasonAsync("popular"));
        Assert.Equal(("new", "New in the shop"), await ReasonAsync("new-arrivals"));
        Assert.Equal(("recent", "You looked at it lately"), await ReasonAsync("recently-viewed"));
        var page = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", """{ "explain": true, "lists": [{ "placement": "popular" }] }""");
        Assert.Equal("popular", page.GetProperty("lists")[0].GetProperty("items")[0].GetProperty("reasons").GetProperty("code").GetString());
        // The other of the group stands for both.
        var group = await WhyAsync(service, "b", "&placement=popular");
        Assert.Equal(("group", "a"), (group.GetProperty("keptOutBy").GetString(), group.GetProperty("other").GetString()));
        Assert.Equal("no-source", (await WhyAsync(service, "b", "&placement=recently-viewed")).GetProperty("keptOutBy").GetString());
    }

    [Fact]
    public void Sentences_OfEveryCodeAndLanguage_AreThereAndNameTheItem()
    {
        Assert.Equal(["en", "zh"], Sentences.Languages.Order(StringComparer.Ordinal));
        foreach (var language in Sentences.Languages)
        {
            foreach (var code in Enum.GetValues<ReasonCode>().Select(Sentences.CodeOf))
            {
                Assert.NotEmpty(Sentences.Of(language, code, null, null));
                Assert.DoesNotContain("{0}", Sentences.Of(language, code, null, null), StringComparison.Ordinal);
                Assert.DoesNotContain("{0}", Sentences.Of(language, code, "purchase", "lamp"), StringComparison.Ordinal);
            }

            Assert.Contains("lamp", Sentences.Of(language, "history", "of-a-shop's-own", "lamp"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("zh", "zh")]
    [InlineData("zh-Hant-TW", "zh")]
    [InlineData("de, zh;q=0.1", "zh")]
    [InlineData("en;q=0.2, zh;q=0.9", "zh")]
    [InlineData("zh;q=0, de", "en")]
    [InlineData("no language at all;;;", "en")]
    public void LanguageOf_TheHeader_IsTheMostWantedOfThoseThereAre(string? header, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = header;

        Assert.Equal(expected, Sentences.LanguageOf(context.Request.GetTypedHeaders()));
    }

    private static async Task<List<JsonElement>> ListAsync(TestService service, bool explain, string? language = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/recommendations") { Content = new StringContent(JsonSerializer.Serialize(new { userId = "asking", limit = 6, explain }), System.Text.Encoding.UTF8, "application/json") };
        if (language is not null)
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
        using var response = await service.Storefront.SendAsync(request);
        return [.. (await response.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];
    }

    private static Task<JsonElement> WhyAsync(TestService service, string itemId, string more = "&limit=6") => service.Admin.GetJsonAsync($"/recommendations/asking/explain/{itemId}?{more.TrimStart('&')}");
}
