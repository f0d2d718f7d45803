using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>Placements that a shop sets: new ones, and built-in ones that it wants otherwise.</summary>
public sealed class ConfiguredPlacementTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Set_NewAndBuiltIn_ServeAsTheySay(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, [
            "--Reco:Placements:clearance:Sources=new-arrivals", "--Reco:Placements:clearance:Filter=clearance = true", "--Reco:Placements:clearance:Fallback=popular",
            "--Reco:Placements:Popular:AllowConsumed=true", "--Reco:Placements:seen.again:Sources=recently-viewed, popular",
            "--Reco:Placements:home:Sources=new-arrivals", "--Reco:Placements:home:Filter=clearance = true", "--Reco:Placements:home:Fallback=popular"]);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/plain", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/cheap", """{ "attributes": { "clearance": true } }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "plain", kind = "purchase" });

        var clearance = await ShowAsync(new { placement = "clearance", limit = 1 });
        Assert.Equal(("cheap", null), (IdsOf(clearance), clearance.GetProperty("fallback").GetString()));
        var filled = await ShowAsync(new { placement = "clearance", limit = 2 });
        Assert.Equal(("cheap plain", "popular"), (IdsOf(filled), filled.GetProperty("fallback").GetString()));
        Assert.Equal("cheap", IdsOf(await ShowAsync(new { placement = "clearance", limit = 2, fallback = "none" })));
        Assert.Equal("plain cheap", IdsOf(await ShowAsync(new { placement = "popular", userId = "u" })));
        Assert.Equal("cheap", IdsOf(await ShowAsync(new { placement = "popular", userId = "u", allowConsumed = false })));
        Assert.Equal("cheap", IdsOf(await ShowAsync(new { placement = "seen.again", userId = "u" })));
        Assert.Equal("plain cheap", IdsOf(await service.Storefront.GetJsonAsync("/placements/popular")));

        // The short form of the personal list is filled up as the placement says, too.
        Assert.Equal("cheap plain", IdsOf(await service.Storefront.GetJsonAsync("/recommendations/somebody")));
        Assert.Equal("cheap plain", IdsOf(await ShowAsync(new { userId = "somebody" })));

        await Wait.UntilAsync(
            async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'clearance' AND configuration_version LIKE 'configured=%'") == 3, "the impressions name the configuration");

        async Task<JsonElement> ShowAsync(object body) => await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(body));
    }

    /// <summary>Each way to change the order, against what popularity alone would show.</summary>
    [Theory]
    [InlineData("MostPerValue=brand:1", "i0 i1")]
    [InlineData("MostPerValue=category:2, brand:3", "i0 i1")]
    [InlineData("Freshness=1", "i7 i6 i5 i4 i3 i2 i1 i0")]
    [InlineData("Diversity=1", "i0 i1 i2 i3 i4 i5 i6 i7")]
    [InlineData("PriceAffinity=1", "i5 i6 i4 i7 i3 i2 i1 i0")]
    public async Task Set_Order_ChangesTheList(string setting, string expected)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [$"--Reco:Placements:popular:{setting}", "--Reco:Placements:popular:AllowConsumed=true"]);
        for (var item = 0; item < 8; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", JsonSerializer.Serialize(new { price = 10 * (item + 1), currency = "EUR", categories = new[] { "All" }, addedAt = $"2026-11-{item + 1:00}T00:00:00Z", attributes = new { brand = item % 2 == 0 ? "A" : "B" } }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 8).SelectMany(item => Enumerable.Range(0, 10 - item).Select(user => new { userId = $"u{user}", itemId = $"i{item}", kind = "view" }))]);
        await service.Storefront.PostInteractionsAsync([.. new[] { 5, 5, 5, 6, 4 }.Select((item, at) => new { userId = "buyer", itemId = $"i{item}", kind = "view", occurredAt = $"2026-11-2{at}T00:00:00Z" })]);

        Assert.Equal(expected, IdsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "popular", "userId": "buyer" }""")));
    }

    [Fact]
    public async Task Set_RotateAfter_WhatWasShownInVainStepsBackForWhoSawIt()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Placements:popular:RotateAfter=2"]);
        foreach (var item in new[] { "a", "b", "c", "d" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. new[] { "a", "b", "c", "d" }.SelectMany((item, rank) => Enumerable.Range(0, 5 - rank).Select(user => new { userId = $"u{user}", itemId = item, kind = "view" }))]);
        async Task<string> ShowAsync(string userId) => IdsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { placement = "popular", userId, limit = 2 })));

        Assert.Equal(["a b", "a b", "c d"], [await ShowAsync("u0"), await ShowAsync("u0"), await ShowAsync("u0")]);
        Assert.Equal("a b", await ShowAsync("u1"));
        // Who does something with an item is not tired of it.
        await service.Storefront.PostInteractionsAsync(new { userId = "u0", itemId = "a", kind = "click" });
        Assert.StartsWith("a ", await ShowAsync("u0"), StringComparison.Ordinal);
        Assert.Equal(["a b", "a b", "a b"], [await ShowAsync("nobody"), await ShowAsync("nobody"), await ShowAsync("nobody")]);
    }

    [Fact]
    public void Read_FaultsOfPlacements_AreAllNamed()
    {
        var settings = new (string Key, string Value, string Fault)[]
        {
            ("a:Sources", "recommender, best", "Reco:Placements:a:Sources: 'best' is no source; the sources are recommender, popular, trending, new-arrivals, recently-viewed, buy-again, bought-together, similar."),
            ("b:Sources", " , ", "Reco:Placements:b:Sources: it is empty"),
            ("c:Sources", "similar,popular", "Reco:Placements:c:Sources: 'similar' stands alone."),
            ("popular:Sources", "trending", "Reco:Placements:popular:Sources: 'popular' is what fills up other lists"),
            ("d:Filter", "price <", "Reco:Placements:d:Filter: at character 7: Expected"),
            ("e:Fallback", "most", "Reco:Placements:e:Fallback: 'most' is not one of none, popular, relax."),
            ("f g:AllowConsumed", "true", "Reco:Placements:f g: a placement's name has"),
            ("h:NewItemShare", "1.5", "Reco:Placements:h:NewItemShare"),
            ("i:AllowConsumed", "perhaps", "Reco:Placements:i:AllowConsumed"),
            ("k:MostPerValue", "brand", "Reco:Placements:k:MostPerValue: 'brand' is not a field and a number"),
            ("l:MostPerValue", "brand:2,category:0", "Reco:Placements:l:MostPerValue: 'category:0' is not a field and a number"),
            ("m:Diversity", "2", "Reco:Placements:m:Diversity"),
            ("n:RotateAfter", "0", "Reco:Placements:n:RotateAfter"),
            ("o:Exploration", "greedy", "Reco:Placements:o:Exploration: 'greedy' is not one of off, thompson, normal-thompson, epsilon-greedy, boltzmann, ucb1, linucb."),
            ("p:ExplorationShare", "0.6", "Reco:Placements:p:ExplorationShare: 0.6 is above Reco:Recommendations:MostExplorationShare, which is 0.5."),
            ("q:ExplorationTemperature", "0", "Reco:Placements:q:ExplorationTemperature"),
            ("r:ExplorationPriorStrength", "0", "Reco:Placements:r:ExplorationPriorStrength"),
            ("s:ExplorationEpsilon", "1.1", "Reco:Placements:s:ExplorationEpsilon"),
            ("rank:Exploration", "thompson", "Reco:Placements:rank:Exploration: 'rank' shows all items that it is given"),
            ("j:Source", "popular", "Reco:Placements:j:Source is not a setting"),
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Reco:Placements:{setting.Key}", setting.Value))).Build();

        var refused = Assert.Throws<InvalidSettingsException>(() => SettingsExtensions.Read(configuration, BuiltInTrainers.Registry));

        Assert.All(settings, setting => Assert.Contains(setting.Fault, string.Join("\n", refused.Errors), StringComparison.Ordinal));
    }

    private static string IdsOf(JsonElement list) => string.Join(' ', list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
}
