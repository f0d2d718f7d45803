using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Profiles;

public sealed class SearchEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Search_FindsUsersByIdAndItemsByIdOrTitle_TheNearestFirst(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        foreach (var (id, title) in new[] { ("sku-100", "Desk lamp"), ("lamp", "Bulb"), ("sku-7", "Lamp shade"), ("sku-8", "Chair") })
            (await service.Admin.PutAsJsonAsync($"/items/{id}", new { title, price = 5 })).EnsureSuccessStatusCode();
        foreach (var user in new[] { "anna-lamprecht", "lampard", "bob" })
            (await service.Admin.PostAsJsonAsync("/interactions", new[] { new { userId = user, itemId = "lamp", kind = "click" } })).EnsureSuccessStatusCode();

        var found = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/search?query=LAMP");

        Assert.Equal(["lampard", "anna-lamprecht"], found.GetProperty("users").EnumerateArray().Select(user => user.GetString()));
        Assert.Equal(["lamp Bulb", "sku-7 Lamp shade", "sku-100 Desk lamp"], found.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("itemId").GetString()} {item.GetProperty("title").GetString()}"));
        Assert.Equal(1, (await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/search?query=lamp&limit=1")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Search_OfAnErasedUser_FindsNobody()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        (await service.Admin.PostAsJsonAsync("/interactions", new[] { new { userId = "soon-forgotten", itemId = "thing", kind = "click" } })).EnsureSuccessStatusCode();
        Assert.Equal(1, (await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/search?query=soon-forg")).GetProperty("users").GetArrayLength());

        (await service.Admin.DeleteAsync("/users/soon-forgotten")).EnsureSuccessStatusCode();

        Assert.Equal(0, (await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/search?query=soon-forg")).GetProperty("users").GetArrayLength());
    }

    [Theory]
    [InlineData("/admin/search", "query")]
    [InlineData("/admin/search?query=", "query")]
    [InlineData("/admin/search?query=a&limit=0", "limit")]
    public async Task Search_ForNothing_NamesTheField(string path, string field)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Admin.GetAsync(path);

        var problem = await Refusal.ReadProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.ToString(), StringComparison.Ordinal);
    }
}
