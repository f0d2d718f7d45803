using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>What expressions find among eight items.</summary>
public sealed class FilterResultsTests
{
    private const string All = "pan pot tea lamp gift old seen free";

    private static readonly FilterShop Shop = FilterShop.Small();

    [Theory]
    [InlineData("price < 50", "pan tea free")]
    [InlineData("price <= 50", "pan pot tea free")]
    [InlineData("price > 50", "lamp")]
    [InlineData("price >= 50", "pot lamp")]
    [InlineData("price = 50", "pot")]
    [InlineData("price = 5e1", "pot")]
    [InlineData("price != 50", "pan tea lamp free")]
    [InlineData("not price = 50", "pan tea lamp gift old seen free")]
    [InlineData("price > -0.5 and price < 0.5", "free")]
    [InlineData("price in (0, 4.5, 7)", "tea free")]
    [InlineData("price in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,40,50)", "pan pot")]
    [InlineData("price not in (0, 4.5, 7)", "pan pot lamp")]
    [InlineData("not price in (0, 4.5, 7)", "pan pot lamp gift old seen")]
    [InlineData("price is missing", "gift old seen")]
    [InlineData("price is not missing", "pan pot tea lamp free")]
    [InlineData("not (price is missing)", "pan pot tea lamp free")]
    [InlineData("currency = \"EUR\"", "pan pot free")]
    [InlineData("currency != \"EUR\"", "tea")]
    [InlineData("currency = \"eur\"", "")]
    [InlineData("brand = \"Oak\"", "pot gift")]
    [InlineData("attributes.brand = \"Oak\"", "pot gift")]
    [InlineData("`brand` = \"Oak\"", "pot gift")]
    [InlineData("brand != \"Oak\"", "pan lamp")]
    [InlineData("not brand = \"Oak\"", "pan tea lamp old seen free")]
    [InlineData("brand in (\"Oak\", \"Oak & Co\", \"Elm\")", "pan pot gift")]
    [InlineData("brand in (\"Oak\", \"Oak & Co\", \"Élan \\\"No. 5\\\"\")", "pan pot lamp gift")]
    [InlineData("brand in (\"Oak\", \"Oak & Co\", \"Élan \\\"No. 5\\\"\", \"Elm\")", "pan pot lamp gift")]
    [InlineData("brand contains \"Oak\"", "pan pot gift")]
    [InlineData("brand contains \"oak\"", "")]
    [InlineData("brand contains \"\"", "pan pot lamp gift")]
    [InlineData("brand = \"\\u00c9lan \\\"No. 5\\\"\"", "lamp")]
    [InlineData("brand < \"Oak & Co\"", "pot gift")]
    [InlineData("brand >= \"Oak & Co\"", "pan lamp")]
    [InlineData("released >= \"2026-01-01\"", "free")]
    [InlineData("tags contains \"steel\"", "pan pot")]
    [InlineData("tags = \"steel\"", "pan pot")]
    [InlineData("tags contains \"ste\"", "")]
    [InlineData("tags in (\"new\", \"nothing\")", "pan")]
    [InlineData("tags != \"refurbished\"", "pan")]
    [InlineData("not tags contains \"refurbished\"", "pan tea lamp gift old seen free")]
    [InlineData("category = \"Home\"", "pan pot lamp free")]
    [InlineData("category = \"Home > Kitchen\"", "pan pot")]
    [InlineData("categories contains \"Home>Kitchen\"", "pan pot")]
    [InlineData("category = \"Kitchen\"", "")]
    [InlineData("category = \"Home > Kit\"", "")]
    [InlineData("category != \"Home\"", "tea")]
    [InlineData("category in (\"Food\", \"Sale\")", "pot tea")]
    [InlineData("category is missing", "gift old seen")]
    [InlineData("organic = true", "tea")]
    [InlineData("organic = FALSE", "pan")]
    [InlineData("organic != true", "pan")]
    [InlineData("organic in (true, false)", "pan tea")]
    [InlineData("size = 42", "pot")]
    [InlineData("size = \"XL\"", "tea")]
    [InlineData("size = \"S\"", "lamp")]
    [InlineData("size = true", "gift")]
    [InlineData("size in (42, \"M\", true)", "pot lamp gift")]
    [InlineData("size != 42", "tea lamp gift")]
    [InlineData("size is not missing", "pot tea lamp gift")]
    [InlineData("size contains \"L\"", "tea")]
    [InlineData("attributes.price = \"free\"", "gift")]
    [InlineData("`in` = \"box\"", "tea")]
    [InlineData("attributes.in = \"box\"", "tea")]
    [InlineData("`energy class` = \"A\"", "lamp")]
    [InlineData("addedAt = \"2026-01-31\"", "pan gift")]
    [InlineData("addedAt > \"2026-01-31\"", "pot seen")]
    [InlineData("addedAt >= \"2026-01-31\"", "pan pot gift seen")]
    [InlineData("addedAt < \"2026-01-31\"", "lamp")]
    [InlineData("addedAt <= \"2026-01-31\"", "pan lamp gift")]
    [InlineData("addedAt = \"2026-01-31T10:00:00+01:00\"", "pan")]
    [InlineData("addedAt > \"2026-01-31T09:00\"", "pot seen")]
    [InlineData("addedAt in (\"2026-02-01T00:00:00.000Z\", \"2025-06-30\")", "pot lamp")]
    [InlineData("addedAt != \"2026-01-31\"", "pot lamp seen")]
    [InlineData("addedAt is missing", "tea old free")]
    [InlineData("groupId = \"g1\"", "pan pot")]
    [InlineData("consumesForDays <= 14", "tea")]
    [InlineData("itemId = \"tea\"", "tea")]
    [InlineData("itemId != \"tea\"", "pan pot lamp gift old seen free")]
    [InlineData("itemId in (\"seen\", \"pan\", \"nobody\")", "pan seen")]
    [InlineData("itemId is missing", "")]
    [InlineData("salePrice < price", "pan free")]
    [InlineData("salePrice <= price", "pan pot free")]
    [InlineData("salePrice = price", "pot")]
    [InlineData("price > salePrice", "pan free")]
    [InlineData("price >= salePrice", "pan pot free")]
    [InlineData("salePrice != price", "pan free")]
    [InlineData("salePrice >= 35", "pan pot")]
    [InlineData("salePrice is missing", "tea lamp gift old seen")]
    [InlineData("not salePrice < price", "pot tea lamp gift old seen")]
    [InlineData("cost > price", "pan")]
    [InlineData("price < 50 AND brand IN (\"Oak & Co\") AND NOT tags CONTAINS \"refurbished\"", "pan")]
    [InlineData("price < 10 or brand = \"Oak\" and tags is missing", "tea gift free")]
    [InlineData("(price < 10 or brand = \"Oak\") and tags is missing", "tea gift free")]
    [InlineData("(price < 10 or brand = \"Oak\") and not tags is missing", "pot")]
    [InlineData("not not price < 10", "tea free")]
    [InlineData("not (price < 10 or price is missing)", "pan pot lamp")]
    [InlineData("price<10 and(price>1)", "tea")]
    [InlineData("\t price\r\n<\n10 ", "tea free")]
    public void Select_Fixed_FindsTheItems(string text, string expected)
    {
        Assert.False(Shop.Filter(text).DependsOnRequest);
        Assert.Equal(expected, Shop.Find(text));
    }

    [Theory]
    [InlineData("brand = current.brand", "pot", "pot gift")]
    [InlineData("brand = current.brand", "pot pan", "pan pot gift")]
    [InlineData("brand = current.brand", "tea", "")]
    [InlineData("brand = current.brand", "", "")]
    [InlineData("brand != current.brand", "pot", "pan lamp")]
    [InlineData("brand != current.brand", "pot pan", "lamp")]
    [InlineData("brand != current.brand", "tea", "")]
    [InlineData("not brand = current.brand", "tea", All)]
    [InlineData("brand = current.attributes.brand and itemId != current.itemId", "pot", "gift")]
    [InlineData("itemId not in (current.itemId, \"old\")", "pan pot", "tea lamp gift seen free")]
    [InlineData("category = current.category", "pot", "pan pot")]
    [InlineData("category = current.category", "pot tea", "pan pot tea")]
    [InlineData("categories contains current.categories", "free", "pan pot lamp free")]
    [InlineData("tags = current.tags", "pan", "pan pot")]
    [InlineData("price < current.price", "pan", "tea free")]
    [InlineData("price < current.price", "tea pan", "tea free")]
    [InlineData("price > current.price", "tea pan", "pan pot lamp")]
    [InlineData("price in (current.price, 0)", "tea", "tea free")]
    [InlineData("size = current.size", "tea lamp", "tea lamp")]
    [InlineData("size = current.size", "gift", "gift")]
    [InlineData("addedAt >= current.addedAt", "pan", "pan pot seen")]
    [InlineData("released > current.released", "tea", "free")]
    [InlineData("organic = current.organic", "tea", "tea")]
    [InlineData("current.category = \"Home\"", "pan", All)]
    [InlineData("current.category = \"Home\"", "tea", "")]
    [InlineData("current.category = \"Home\"", "tea pan", All)]
    [InlineData("current.category != \"Home\"", "tea pan", "")]
    [InlineData("current.tags contains \"ste\"", "pan", "")]
    [InlineData("current.tags contains \"steel\"", "pan", All)]
    [InlineData("current.brand contains \"Co\"", "pan", All)]
    [InlineData("current.price >= 40 and price < 10", "pan", "tea free")]
    [InlineData("current.addedAt = \"2026-01-31\"", "gift", All)]
    [InlineData("current.addedAt > \"2026-01-31\"", "gift", "")]
    [InlineData("current.brand is missing", "tea", All)]
    [InlineData("current.brand is missing", "tea pan", "")]
    [InlineData("current.brand is not missing and price < 1", "pan", "free")]
    [InlineData("current.price > price", "pan", "tea free")]
    [InlineData("current.price <= price", "pan", "pan pot lamp")]
    [InlineData("current.price < current.salePrice", "pan", "")]
    public void Select_OfCurrentItems_FindsTheItems(string text, string current, string expected)
    {
        var indexes = current.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Shop.TryGetIndex(id, out var index) ? index : -1).ToArray();
        var filter = Shop.Filter(text);

        Assert.True(filter.DependsOnRequest);
        Assert.Equal(expected, Shop.Find(filter, new FilterContext { CurrentItems = indexes }));
    }

    [Theory]
    [InlineData("price < user.budget", "tea free")]
    [InlineData("user.budget > price", "tea free")]
    [InlineData("user.budget <= price", "pan pot lamp")]
    [InlineData("brand = context.brand", "pot gift")]
    [InlineData("context.brand = brand", "pot gift")]
    [InlineData("brand contains context.brand", "pan pot gift")]
    [InlineData("brand = context.nothing", "")]
    [InlineData("not brand = context.nothing", All)]
    [InlineData("brand != context.nothing", "")]
    [InlineData("brand = user.budget", "")]
    [InlineData("brand != user.budget", "pan pot lamp gift")]
    [InlineData("brand < user.budget", "")]
    [InlineData("category = context.category", "pan pot")]
    [InlineData("addedAt > context.since", "pot seen")]
    [InlineData("context.since < addedAt", "pot seen")]
    [InlineData("addedAt > context.brand", "")]
    [InlineData("organic = user.vegan", "tea")]
    [InlineData("user.vegan = true", All)]
    [InlineData("user.budget >= 10 and price < 1", "free")]
    [InlineData("context.brand in (\"Elm\", \"Oak\")", All)]
    [InlineData("context.brand not in (\"Elm\", \"Oak\")", "")]
    [InlineData("context.brand = \"oak\"", "")]
    [InlineData("context.brand < \"P\"", All)]
    [InlineData("context.`odd key` = 1", All)]
    [InlineData("context.nothing is missing", All)]
    [InlineData("user.budget is missing or price = 0", "free")]
    [InlineData("context.brand = user.brand", "")]
    [InlineData("context.brand = context.brand", All)]
    public void Select_OfTheRequest_FindsTheItems(string text, string expected)
    {
        var context = new FilterContext
        {
            Context = new Dictionary<string, FilterValue>
            {
                ["brand"] = FilterValue.Of("Oak"),
                ["category"] = FilterValue.Of("Home > Kitchen"),
                ["since"] = FilterValue.Of("2026-01-31"),
                ["odd key"] = FilterValue.Of(1),
            },
            Users = FilterShop.UserWith(ItemAttribute.Of("budget", 10), ItemAttribute.Of("vegan", true), ItemAttribute.Of("infinite", double.NaN)),
            UserIndex = FilterShop.UserIndex,
        };

        Assert.Equal(expected, Shop.Find(text, context));
    }

    [Fact]
    public void Select_RequestThatGivesNothing_HasMissingValues()
    {
        Assert.Equal("", Shop.Find("price < user.budget"));
        Assert.Equal("", Shop.Find("price < user.budget", new FilterContext { Users = FilterShop.UserWith(ItemAttribute.Of("budget", double.NaN)), UserIndex = FilterShop.UserIndex }));
        Assert.Equal(All, Shop.Find("user.budget is missing and context.device is missing and current.price is missing"));
        Assert.Equal("", Shop.Find("price < current.price", new FilterContext { CurrentItems = [-1, 1000] }));
    }

    [Theory]
    [InlineData("context.device = \"phone\"", true)]
    [InlineData("not context.device = \"phone\" or user.age < 18", false)]
    [InlineData("current.category = \"Food\" and user.age is missing", true)]
    public void Holds_OfTheRequestAlone_NeedsNoItem(string text, bool expected)
    {
        var filter = Shop.Filter(text);

        Assert.False(filter.DependsOnItem);
        Assert.Equal(expected, filter.Holds(new FilterContext { CurrentItems = [2], Context = new Dictionary<string, FilterValue> { ["device"] = FilterValue.Of("phone") } }));
    }

    [Theory]
    [InlineData("price < 5")]
    [InlineData("context.a = 1 or (context.b = 2 and not user.budget > price)")]
    [InlineData("context.a = 1 and price is missing")]
    public void Holds_OfTheRequestAlone_IsRefusedWhereItemsAreNamed(string text)
    {
        Assert.True(Shop.Filter(text).DependsOnItem);
        Assert.Throws<InvalidOperationException>(() => Shop.Filter(text).Holds(default));
    }

    [Fact]
    public void Select_FewerWordsThanItems_FillsThem()
    {
        var filter = Shop.Filter("price is missing");

        filter.Select(default, []);
        Assert.False(filter.Holds(default, -1));
        Assert.False(filter.Holds(default, 8));
    }
}
