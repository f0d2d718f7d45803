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
            "--Reco:Placements:Popular:AllowConsumed=true", "--Reco:Placements:seen.again:Sources=recently-viewed, popular"]);
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

        await Wait.UntilAsync(
            async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'clearance' AND configuration_version LIKE 'configured=%'") == 3, "the impressions name the configuration");

        async Task<JsonElement> ShowAsync(object body) => await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(body));
    }

    [Fact]
    public void Read_FaultsOfPlacements_AreAllNamed()
    {
        var settings = new (string Key, string Value, string Fault)[]
        {
            ("a:Sources", "recommender, best", "Reco:Placements:a:Sources: 'best' is no source; the sources are recommender, popular, trending, new-arrivals, recently-viewed, buy-again, bought-together, similar."),
            ("b:Sources", " , ", "Reco:Placements:b:Sources is empty"),
            ("c:Sources", "similar,popular", "Reco:Placements:c:Sources: 'similar' stands alone."),
            ("popular:Sources", "trending", "Reco:Placements:popular:Sources: 'popular' is what fills up other lists"),
            ("d:Filter", "price <", "Reco:Placements:d:Filter: at character 7: Expected"),
            ("e:Fallback", "most", "Reco:Placements:e:Fallback: 'most' is not one of none, popular, relax."),
            ("f g:AllowConsumed", "true", "Reco:Placements:f g: a placement's name has"),
            ("h:NewItemShare", "1.5", "Reco:Placements:h:NewItemShare"),
            ("i:AllowConsumed", "perhaps", "Reco:Placements:i:AllowConsumed"),
            ("j:Source", "popular", "Reco:Placements:j:Source is not a setting"),
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Reco:Placements:{setting.Key}", setting.Value))).Build();

        var refused = Assert.Throws<InvalidSettingsException>(() => SettingsExtensions.Read(configuration, BuiltInTrainers.Registry));

        Assert.All(settings, setting => Assert.Contains(setting.Fault, string.Join("\n", refused.Errors), StringComparison.Ordinal));
    }

    private static string IdsOf(JsonElement list) => string.Join(' ', list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
}
