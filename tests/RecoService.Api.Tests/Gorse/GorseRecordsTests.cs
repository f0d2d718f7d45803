using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Gorse;

/// <summary>Users, items and feedback, field by field as Gorse's clients write and read them.</summary>
public sealed class GorseRecordsTests(GorseShop shop) : IClassFixture<GorseShop>
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task User_IsInsertedReadPatchedListedAndDeleted(StorageProvider provider)
    {
        var service = shop.On(provider);

        AssertRows(1, await GorseShop.CallAsync(service, "POST", "/user", """{ "UserId": "gu", "Labels": { "gender": "f", "topics": ["a", "b"] }, "Comment": "Ms. G" }"""));
        Assert.Equal("""{"UserId":"gu","Labels":{"gender":"f","topics":["a","b"]},"Comment":"Ms. G"}""", (await GorseShop.CallAsync(service, "GET", "/user/gu")).ToString());

        // Go reads names in any case, and passes over those that it does not know.
        AssertRows(1, await GorseShop.CallAsync(service, "PATCH", "/user/gu", """{ "labels": ["x", 7], "subscribe": [] }"""));
        Assert.Equal("""{"UserId":"gu","Labels":["x",7],"Comment":"Ms. G"}""", (await GorseShop.CallAsync(service, "GET", "/user/gu")).ToString());
        AssertRows(1, await GorseShop.CallAsync(service, "PATCH", "/user/gu", """{ "Comment": "Dr. G" }"""));
        Assert.Equal("""{"UserId":"gu","Labels":["x",7],"Comment":"Dr. G"}""", (await GorseShop.CallAsync(service, "GET", "/user/gu")).ToString());
        AssertRows(1, await GorseShop.CallAsync(service, "PATCH", "/user/nobody", """{ "Comment": "x" }"""));

        AssertRows(2, await GorseShop.CallAsync(service, "POST", "/users", """[{ "UserId": "gu2" }, { "UserId": "gu3", "Labels": "one" }]"""));
        Assert.Equal("""{"UserId":"gu2","Labels":null,"Comment":""}""", (await GorseShop.CallAsync(service, "GET", "/user/gu2")).ToString());
        Assert.Equal("\"one\"", (await GorseShop.CallAsync(service, "GET", "/user/gu3")).GetProperty("Labels").GetRawText());
        Assert.Superset((HashSet<string>)["gu", "gu2", "gu3"], (await ListAsync(service, "/users", "Users", "UserId")).ToHashSet());

        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/user/gu"));
        Assert.Equal("user not found", await GorseShop.RefuseAsync(service.Admin, "GET", "/user/gu", HttpStatusCode.NotFound));
        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/user/gu"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Item_IsInsertedReadPatchedListedAndDeleted(StorageProvider provider)
    {
        var service = shop.On(provider);

        AssertRows(1, await GorseShop.CallAsync(service, "POST", "/item", """{ "ItemId": "gi", "IsHidden": true, "Categories": ["Lamps", "New"], "Timestamp": "2024-05-06T07:08:09Z", "Labels": { "brand": "Oak" }, "Comment": "A lamp" }"""));
        Assert.Equal(
            """{"ItemId":"gi","IsHidden":true,"Categories":["Lamps","New"],"Timestamp":"2024-05-06T07:08:09Z","Labels":{"brand":"Oak"},"Comment":"A lamp"}""", (await GorseShop.CallAsync(service, "GET", "/item/gi")).ToString());
        // It is an item of the shop: the comment is its title, the labels are attributes.
        var own = await service.Admin.GetJsonAsync("/items/gi");
        Assert.Equal(("A lamp", "Oak", true), (own.GetProperty("title").GetString(), own.GetProperty("attributes").GetProperty("brand").GetString(), own.GetProperty("hidden").GetBoolean()));

        AssertRows(1, await GorseShop.CallAsync(service, "PATCH", "/item/gi", """{ "IsHidden": false, "Timestamp": "2024-05-07 00:00:00" }"""));
        var patched = await GorseShop.CallAsync(service, "GET", "/item/gi");
        Assert.Equal("""{"ItemId":"gi","IsHidden":false,"Categories":["Lamps","New"],"Timestamp":"2024-05-07T00:00:00Z","Labels":{"brand":"Oak"},"Comment":"A lamp"}""", patched.ToString());
        AssertRows(1, await GorseShop.CallAsync(service, "PUT", "/item/gi/category/On%20sale"));
        AssertRows(1, await GorseShop.CallAsync(service, "PUT", "/item/gi/category/On%20sale"));
        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/item/gi/category/New"));
        Assert.Equal("""["Lamps","On sale"]""", (await GorseShop.CallAsync(service, "GET", "/item/gi")).GetProperty("Categories").GetRawText());
        Assert.Equal("item not found", await GorseShop.RefuseAsync(service.Admin, "PUT", "/item/nothing/category/New", HttpStatusCode.NotFound));

        // What Gorse does not know of an item stays when a client writes it anew.
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/gi", """{ "price": 9.5, "currency": "EUR" }""");
        AssertRows(2, await GorseShop.CallAsync(service, "POST", "/items", $$"""[{ "ItemId": "gi", "Comment": "Another lamp" }, { "ItemId": "gi2", "Comment": "{{new string('x', 600)}}" }]"""));
        Assert.Equal(
            """{"ItemId":"gi","IsHidden":false,"Categories":[],"Timestamp":"0001-01-01T00:00:00Z","Labels":null,"Comment":"Another lamp"}""", (await GorseShop.CallAsync(service, "GET", "/item/gi")).ToString());
        Assert.Equal(9.5, (await service.Admin.GetJsonAsync("/items/gi")).GetProperty("price").GetDouble());
        Assert.Equal(600, (await GorseShop.CallAsync(service, "GET", "/item/gi2")).GetProperty("Comment").GetString()!.Length);
        Assert.Superset((HashSet<string>)["gi", "gi2"], (await ListAsync(service, "/items", "Items", "ItemId")).ToHashSet());

        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/item/gi"));
        Assert.Equal("item not found", await GorseShop.RefuseAsync(service.Admin, "GET", "/item/gi", HttpStatusCode.NotFound));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Feedback_IsAddedOverwrittenReadAndDeleted(StorageProvider provider)
    {
        var service = shop.On(provider);
        const string star = """[{ "FeedbackType": "star", "UserId": "fu", "ItemId": "fi", "Value": 2, "Timestamp": "2024-01-02 03:04:05", "Comment": "well", "Labels": ["l"] }]""";

        AssertRows(1, await GorseShop.CallAsync(service, "POST", "/feedback", star));
        var one = await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fi");
        Assert.Equal(
            ("star", "fu", "fi", 2, "2024-01-02T03:04:05Z", "[\"l\"]", "well"),
            (one.GetProperty("FeedbackType").GetString(), one.GetProperty("UserId").GetString(), one.GetProperty("ItemId").GetString(), one.GetProperty("Value").GetDouble(), one.GetProperty("Timestamp").GetString(), one.GetProperty("Labels").GetRawText(), one.GetProperty("Comment").GetString()));
        Assert.True(one.GetProperty("Updated").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddHours(-1));

        // POST adds to the value, PUT puts its own in the place.
        AssertRows(1, await GorseShop.CallAsync(service, "POST", "/feedback", star));
        Assert.Equal(4, (await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fi")).GetProperty("Value").GetDouble());
        AssertRows(1, await GorseShop.CallAsync(service, "PUT", "/feedback", star));
        Assert.Equal(2, (await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fi")).GetProperty("Value").GetDouble());

        AssertRows(3, await GorseShop.CallAsync(service, "PUT", "/feedback", """
            [{ "FeedbackType": "read", "UserId": "fu", "ItemId": "fi" }, { "FeedbackType": "wishlist", "UserId": "fu", "ItemId": "fi" }, { "FeedbackType": "unheard of", "UserId": "fu", "ItemId": "fj", "Timestamp": "" }]
            """));
        Assert.Equal(["read", "star", "unheard of", "wishlist"], (await TypesAsync("/user/fu/feedback")).Order());
        Assert.Equal(["read", "star", "wishlist"], (await TypesAsync("/feedback/fu/fi")).Order());
        Assert.Equal(["read", "star", "wishlist"], (await TypesAsync("/item/fi/feedback")).Order());
        Assert.Equal(["unheard of"], await TypesAsync("/user/fu/feedback/unheard%20of"));
        Assert.Equal(["wishlist"], await TypesAsync("/item/fi/feedback/wishlist"));
        Assert.Equal(["unheard of"], await TypesAsync("/feedback/unheard%20of?n=5"));
        Assert.Equal("{}", (await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fj")).ToString());
        // The kinds that the models learn from.
        Assert.Equal(["like", "like", "view", "view"], (await service.Admin.GetJsonAsync("/users/fu/interactions")).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("kind").GetString()).Order());

        // What is taken back may come again, unlike an interaction of the service's own calls.
        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/feedback/star/fu/fi"));
        AssertRows(0, await GorseShop.CallAsync(service, "DELETE", "/feedback/star/fu/fi"));
        Assert.Equal("{}", (await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fi")).ToString());
        AssertRows(1, await GorseShop.CallAsync(service, "POST", "/feedback", star));
        Assert.Equal(2, (await GorseShop.CallAsync(service, "GET", "/feedback/star/fu/fi")).GetProperty("Value").GetDouble());
        AssertRows(3, await GorseShop.CallAsync(service, "DELETE", "/feedback/fu/fi"));
        Assert.Equal(["unheard of"], await TypesAsync("/user/fu/feedback"));

        async Task<List<string>> TypesAsync(string path)
        {
            var answer = await GorseShop.CallAsync(service, "GET", path);
            var feedback = answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty("Feedback");
            return [.. feedback.EnumerateArray().Select(each => each.GetProperty("FeedbackType").GetString()!)];
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Feedback_Rating_IsTheUsersRating(StorageProvider provider)
    {
        var service = shop.On(provider);

        await GorseShop.CallAsync(service, "PUT", "/feedback", """[{ "FeedbackType": "rating", "UserId": "ru", "ItemId": "ri", "Value": 4.5, "Comment": "c" }]""");

        Assert.Equal(("rating", 4.5, "c"), await OneAsync());
        Assert.Contains("off the rating scale", await GorseShop.RefuseAsync(service.Admin, "PUT", "/feedback", HttpStatusCode.BadRequest, """[{ "FeedbackType": "rating", "UserId": "ru", "ItemId": "ri", "Value": 50 }]"""), StringComparison.Ordinal);
        AssertRows(1, await GorseShop.CallAsync(service, "DELETE", "/feedback/ru/ri"));
        await GorseShop.CallAsync(service, "PUT", "/feedback", """[{ "FeedbackType": "rating", "UserId": "ru", "ItemId": "ri", "Value": 1 }]""");
        Assert.Equal(("rating", 1, ""), await OneAsync());

        async Task<(string?, double, string?)> OneAsync()
        {
            var one = await GorseShop.CallAsync(service, "GET", "/feedback/rating/ru/ri");
            return (one.GetProperty("FeedbackType").GetString(), one.GetProperty("Value").GetDouble(), one.GetProperty("Comment").GetString());
        }
    }

    /// <summary>Pages of any size hold everything once, whoever wrote it, and end with an empty cursor.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite, 1)]
    [InlineData(StorageProvider.Sqlite, 7)]
    [InlineData(StorageProvider.Postgres, 3)]
    [InlineData(StorageProvider.Postgres, 1000)]
    public async Task Feedback_Pages_HoldEverythingOnce(StorageProvider provider, int size)
    {
        var service = shop.On(provider);
        var user = $"pages-{size}";
        await GorseShop.CallAsync(service, "POST", "/feedback", JsonSerializer.Serialize(Enumerable.Range(0, 12).Select(number => new { FeedbackType = $"paged-{size}", UserId = user, ItemId = $"p{number}" })));
        await service.Storefront.PostInteractionsAsync(new { userId = user, itemId = "other", kind = "view" });

        List<string> seen = [];
        var cursor = "";
        do
        {
            var page = await GorseShop.CallAsync(service, "GET", $"/feedback/paged-{size}?n={size}&cursor={cursor}");
            Assert.True(page.GetProperty("Feedback").GetArrayLength() <= size);
            seen.AddRange(page.GetProperty("Feedback").EnumerateArray().Select(one => one.GetProperty("ItemId").GetString()!));
            cursor = page.GetProperty("Cursor").GetString();
        }
        while (cursor!.Length > 0);

        Assert.Equal(Enumerable.Range(0, 12).Select(number => $"p{number}").Order(), seen.Order());
        Assert.Contains("cursor", await GorseShop.RefuseAsync(service.Admin, "GET", "/feedback?cursor=nonsense", HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/user", "{}", "UserId")]
    [InlineData("POST", "/user", "[1]", "body")]
    [InlineData("POST", "/users", """[{ "UserId": "ok" }, null]""", "null")]
    [InlineData("POST", "/users", """[{ "UserId": "refused" }, { "UserId": "" }]""", "[1]UserId")]
    [InlineData("POST", "/item", """{ "ItemId": "refused", "Timestamp": "once" }""", "Timestamp")]
    [InlineData("POST", "/item", """{ "ItemId": "refused", "Timestamp": 5 }""", "Timestamp")]
    [InlineData("POST", "/items", """{ "ItemId": "refused" }""", "body")]
    [InlineData("POST", "/items", "", "body")]
    [InlineData("POST", "/feedback", """[{ "UserId": "refused", "ItemId": "i" }]""", "FeedbackType")]
    [InlineData("POST", "/feedback", """[{ "FeedbackType": "a", "UserId": "refused", "ItemId": "i" }, { "FeedbackType": "a", "ItemId": "i" }]""", "[1].userId")]
    [InlineData("PUT", "/feedback", """[{ "FeedbackType": "a", "UserId": "refused", "ItemId": "i", "Timestamp": "yesterday evening" }]""", "Timestamp")]
    [InlineData("PUT", "/feedback", """[{ "FeedbackType": "a", "UserId": "refused", "ItemId": "i", "Value": "much" }]""", "Value")]
    [InlineData("POST", "/session/recommend", """[{ "FeedbackType": "", "ItemId": "i" }]""", "FeedbackType")]
    [InlineData("GET", "/users?n=-1", null, "is no number of 0 or more")]
    [InlineData("GET", "/items?n=x", null, "is no number of 0 or more")]
    [InlineData("GET", "/recommend/u?offset=x", null, "offset")]
    [InlineData("GET", "/recommend/u?write-back-type=read&write-back-delay=soon", null, "write-back-delay")]
    public async Task BadRequest_Is400InPlainTextAndChangesNothing(string method, string path, string? body, string reason)
    {
        var service = shop.On(StorageProvider.Sqlite);

        Assert.Contains(reason, await GorseShop.RefuseAsync(service.Admin, method, path, HttpStatusCode.BadRequest, body), StringComparison.OrdinalIgnoreCase);

        await GorseShop.RefuseAsync(service.Admin, "GET", "/user/refused", HttpStatusCode.NotFound);
        await GorseShop.RefuseAsync(service.Admin, "GET", "/item/refused", HttpStatusCode.NotFound);
    }

    private static async Task<List<string>> ListAsync(TestService service, string path, string list, string id)
    {
        List<string> ids = [];
        var cursor = "";
        do
        {
            var page = await GorseShop.CallAsync(service, "GET", $"{path}?n=2&cursor={cursor}");
            ids.AddRange(page.GetProperty(list).EnumerateArray().Select(one => one.GetProperty(id).GetString()!));
            cursor = page.GetProperty("Cursor").GetString();
        }
        while (cursor!.Length > 0);
        Assert.Equal(ids.Distinct(), ids);
        return ids;
    }

    private static void AssertRows(int expected, JsonElement success) => Assert.Equal($$"""{"RowAffected":{{expected}}}""", success.ToString());
}
