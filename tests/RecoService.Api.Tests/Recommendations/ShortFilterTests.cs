using System.Net;
using RecoService.Api.Recommendations;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class ShortFilterTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Fact]
    public void Of_Parameters_AreAnExpression()
    {
        Assert.Null(ShortFilter.Of());
        Assert.Equal("price < 5 or brand = \"a\"", ShortFilter.Of("price < 5 or brand = \"a\""));
        Assert.Equal("(price < 5 or brand = \"a\") and category = \"Lamps\"", ShortFilter.Of("price < 5 or brand = \"a\"", "Lamps"));
        Assert.Equal("category = current.category and price >= 0.5 and price <= 1E+20", ShortFilter.Of(sameCategory: true, minPrice: 0.5, maxPrice: 1e20));
    }

    /// <summary>What stands in a parameter stays a text, whatever it holds.</summary>
    [Theory]
    [InlineData("a\" or price > 0 or \"b")]
    [InlineData("\\")]
    [InlineData("Küche > Öfen")]
    [InlineData("\u0001\u2028<&")]
    [InlineData("")]
    public void Of_AnyCategory_IsOneText(string category)
    {
        var expression = FilterParser.Parse(ShortFilter.Of(category: category)!).Expression;

        Assert.Equal(expression!.ToString(), FilterParser.Parse($"category = {FilterText(category)}").Expression!.ToString());

        static string FilterText(string text) => "\"" + string.Concat(text.Select(character => $"\\u{(int)character:x4}")) + "\"";
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Get_ShortParameters_FilterTheList(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        foreach (var (item, price, category) in new[] { ("a", 5, "Home > Lamps"), ("b", 20, "Home > Lamps"), ("c", 50, "Home"), ("d", 7, "Garden") })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", $$"""{ "price": {{price}}, "currency": "EUR", "categories": ["{{category}}"] }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "a", kind = "purchase" });
        async Task<string> Show(string query) => string.Join(' ', (await service.Storefront.GetJsonAsync($"/recommendations/{query}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()).Order());

        Assert.Equal("a b c d", await Show("x"));
        Assert.Equal("a b c", await Show("x?category=Home"));
        Assert.Equal("b", await Show("x?category=Home&minPrice=10&maxPrice=20"));
        Assert.Equal("a b", await Show("x?category=Home%20%3E%20Lamps"));
        Assert.Equal("a d", await Show("x?filter=price%20%3C%2010%20or%20itemId%20%3D%20%22c%22&exclude=c"));
        Assert.Equal("a", await Show("x?filter=price%20%3C%2010%20or%20itemId%20%3D%20%22c%22&maxPrice=6"));
        Assert.Equal("c", await Show("x?exclude=a&exclude=b&exclude=d&exclude=unheard-of"));
        Assert.Equal("b c d", await Show("u"));
        Assert.Equal("a b c d", await Show("u?allowConsumed=true"));
        Assert.Empty((await service.Storefront.GetJsonAsync("/items/a/similar?sameCategory=true&maxPrice=30&exclude=c")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("/recommendations/x?filter=price%20%3C", "filter", "at character 7: Expected")]
    [InlineData("/recommendations/x?filter=price%20%3C&category=Home", "filter", "at character 7: Expected")]
    [InlineData("/recommendations/x?filter=", "filter", "at character 0: Expected")]
    [InlineData("/recommendations/x?minPrice=cheap", "minPrice", "must be a number")]
    [InlineData("/recommendations/x?maxPrice=NaN", "maxPrice", "must be a number")]
    [InlineData("/recommendations/x?maxPrice=1&maxPrice=2", "maxPrice", "stands 2 times")]
    [InlineData("/recommendations/x?exclude=", "exclude[0]", "")]
    [InlineData("/recommendations/x?allowConsumed=perhaps", "allowConsumed", "must be true or false")]
    [InlineData("/recommendations/x?sameCategory=true", "sameCategory", "")]
    [InlineData("/items/x/similar?sameCategory=1", "sameCategory", "must be true or false")]
    [InlineData("/items/x/similar?filter=colour", "filter", "at character")]
    public async Task Get_BadParameter_NamesIt(string path, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Get, path, null, HttpStatusCode.BadRequest);

        Assert.Contains(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }
}
