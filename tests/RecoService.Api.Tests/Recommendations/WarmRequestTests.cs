using System.Net;
using System.Text.Json;
using RecoService.Api.Recommendations;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>A list comes from memory, and is written as the serializer would write it.</summary>
public sealed class WarmRequestTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Recommendations_Warm_ExecuteNoDatabaseCommand(StorageProvider provider)
    {
        using var commands = new RequestCommands();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining, commands.AddTo);
        await TasteShop.FillAsync(service.Admin);
        await service.Admin.RetrainAsync(force: true);
        await service.Admin.PostInteractionsAsync(new { userId = "arrived since", itemId = "item-0-00", kind = "purchase" });
        await service.Storefront.RecommendAsync(TasteShop.UserId(1));

        var before = commands.Count;
        foreach (var userId in new[] { TasteShop.UserId(1), TasteShop.UserId(2), "arrived since", "nobody" })
            Assert.NotEmpty(await service.Storefront.RecommendAsync(userId));
        Assert.Equal(before, commands.Count);

        // What does read is seen by the same count.
        await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/u/ratings/item-0-00", """{ "value": 4 }""");
        var written = commands.Count;
        Assert.True(written > before, "A write was not counted.");
        await service.Admin.GetJsonAsync("/users/u");
        Assert.True(commands.Count > written, "A read was not counted.");
    }

    [Theory]
    [InlineData("user-1", "item")]
    [InlineData("\u00fc \ud83d\ude00 a/b", "quote\" back\\slash <b>&'+ \u2028 \u00e9")]
    public async Task Answer_OfAnyIds_IsWhatTheSerializerWrites(string userId, string itemId)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{Uri.EscapeDataString(itemId)}", "{}", HttpStatusCode.Created);

        using var response = await service.Storefront.GetAsync($"/recommendations/{Uri.EscapeDataString(userId)}");
        var bytes = await response.Content.ReadAsByteArrayAsync();

        var list = JsonSerializer.Deserialize<RecommendationResponse>(bytes, WireJson.Options)!;
        Assert.Equal((userId, itemId), (list.UserId, list.Items.Single().ItemId));
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(list, WireJson.Options), bytes);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(bytes.Length, response.Content.Headers.ContentLength);
    }
}
