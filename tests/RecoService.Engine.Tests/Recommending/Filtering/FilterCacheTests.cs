using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Tests.Recommending.Filtering;

public sealed class FilterCacheTests
{
    [Fact]
    public void Get_SameTextTwice_IsTheSameFilter()
    {
        var (shop, cache) = Shop();

        var filter = cache.Get("price < 10").Filter;

        Assert.NotNull(filter);
        Assert.Same(filter, cache.Get("price < 10").Filter);
        Assert.NotSame(filter, cache.Get("price <  10").Filter);
        Assert.NotSame(filter, cache.Get("price < 10", UnknownFields.AreMissing).Filter);
        Assert.Equal(3, cache.Count);
        Assert.Equal("tea free", shop.Find(filter));
    }

    [Fact]
    public void Get_MoreTextsThanItHolds_ThatAskedForLeastRecentlyLeaves()
    {
        var (_, cache) = Shop(capacity: 3);
        var (one, two, three) = (cache.Get("price = 1").Filter, cache.Get("price = 2").Filter, cache.Get("price = 3").Filter);
        Assert.Same(one, cache.Get("price = 1").Filter);

        var four = cache.Get("price = 4").Filter;

        Assert.Equal(3, cache.Count);
        Assert.Same(one, cache.Get("price = 1").Filter);
        Assert.Same(three, cache.Get("price = 3").Filter);
        Assert.Same(four, cache.Get("price = 4").Filter);
        Assert.NotSame(two, cache.Get("price = 2").Filter);
        Assert.NotSame(one, cache.Get("price = 1").Filter);
    }

    [Fact]
    public void Get_BadTexts_AreNotKept()
    {
        var (_, cache) = Shop();
        for (var text = 0; text < 1000; text++)
            Assert.NotNull(cache.Get($"price < \"{text}\"").Error);
        Assert.NotNull(cache.Get("price <").Error);

        Assert.Equal(0, cache.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Shop(capacity: 0));
    }

    /// <summary>Each change is seen by the next request, whatever it changes.</summary>
    [Fact]
    public void Select_AfterAChangeOfAnItem_FollowsIt()
    {
        var (shop, cache) = Shop();
        string Found(string text) => shop.Find(cache.Get(text).Filter!);
        Assert.Equal("tea free", Found("price < 10"));
        Assert.Equal("pot gift", Found("brand = \"Oak\""));
        Assert.Equal("", Found("brand in (\"Elm\", \"Ash\", \"Fir\", \"Yew\")"));
        Assert.Equal("", Found("tags contains \"blue\""));
        Assert.Equal("", Found("itemId in (\"cup\", \"jar\")"));
        Assert.Equal("gift old seen", Found("price is missing"));

        shop.Put("tea", FilterShop.Listed with { Price = 11, Attributes = [ItemAttribute.Of("brand", "Oak")] });
        shop.Put("pot", FilterShop.Listed with { Deleted = true });
        shop.Put("cup", FilterShop.Listed with { Price = 2, Categories = ["Home > Cups"], Attributes = [ItemAttribute.Of("brand", "Elm"), ItemAttribute.Of("tags", ["blue"])] });

        Assert.Equal("free cup", Found("price < 10"));
        Assert.Equal("tea gift", Found("brand = \"Oak\""));
        Assert.Equal("cup", Found("brand in (\"Elm\", \"Ash\", \"Fir\", \"Yew\")"));
        Assert.Equal("cup", Found("tags contains \"blue\""));
        Assert.Equal("cup", Found("itemId in (\"cup\", \"jar\")"));
        Assert.Equal("pot gift old seen", Found("price is missing"));
    }

    /// <summary>More changes than are remembered, and items that come, also by the block.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(5000)]
    public void Select_AfterManyChanges_FollowsThem(int changes)
    {
        var (shop, cache) = Shop();
        var filter = cache.Get("price = 7").Filter!;
        Assert.Equal("", shop.Find(filter));

        for (var item = 0; item < changes; item++)
            shop.Put($"new {item}", FilterShop.Listed with { Price = item % 3 == 0 ? 7 : 8 });

        Assert.Same(filter, cache.Get("price = 7").Filter);
        Assert.Equal(string.Join(" ", Enumerable.Range(0, changes).Where(item => item % 3 == 0).Select(item => $"new {item}")), shop.Find(filter));
    }

    /// <summary>A type that an attribute has not had needs another column.</summary>
    [Fact]
    public void Get_AttributeThatGetsAnotherType_IsCompiledAnew()
    {
        var (shop, cache) = Shop();
        Assert.NotNull(cache.Get("brand < 5").Error);
        Assert.Equal("pan pot lamp gift", shop.Find(cache.Get("brand is not missing").Filter!));
        Assert.Equal("", shop.Find(cache.Get("colour = \"red\"", UnknownFields.AreMissing).Filter!));
        Assert.NotNull(cache.Get("colour = \"red\"").Error);

        shop.Put("tea", FilterShop.Listed with { Attributes = [ItemAttribute.Of("brand", 4), ItemAttribute.Of("colour", "red")] });

        Assert.Equal("tea", shop.Find(cache.Get("brand < 5").Filter!));
        Assert.Equal("pan pot tea lamp gift", shop.Find(cache.Get("brand is not missing").Filter!));
        Assert.Equal("tea", shop.Find(cache.Get("colour = \"red\"", UnknownFields.AreMissing).Filter!));
        Assert.Equal("tea", shop.Find(cache.Get("colour = \"red\"").Filter!));

        shop.Put("tea", FilterShop.Listed);
        // It is known still, and no item has it.
        Assert.Equal("", shop.Find(cache.Get("colour = \"red\"").Filter!));
    }

    [Fact]
    public void Get_ColumnThatIsGivenUp_IsAnErrorFromThenOn()
    {
        var shop = new FilterShop(new CatalogueLimits { DistinctTexts = 2, ListLength = 2 });
        var cache = new FilterCache(shop.Columns, shop);
        shop.Put("a", FilterShop.Listed with { Categories = ["x"], Attributes = [ItemAttribute.Of("sku", "1")] });
        Assert.Equal("a", shop.Find(cache.Get("sku = \"1\" and category = \"x\"").Filter!));

        shop.Put("b", FilterShop.Listed with { Categories = ["x", "y", "z"] });
        Assert.Equal(0, cache.Get("category = \"x\"").Error!.Position);
        Assert.Equal(13, cache.Get("sku = \"1\" or category = \"x\"").Error!.Position);
        for (var item = 0; item < 3; item++)
            shop.Put($"c{item}", FilterShop.Listed with { Attributes = [ItemAttribute.Of("sku", $"c{item}")] });

        Assert.Equal("`sku` is left out of the catalogue in memory: there are too many distinct texts.", cache.Get("sku = \"1\" and category = \"x\"").Error!.Message);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Get_AttributeThatGivesItsPlaceToAnother_IsUnknown()
    {
        var shop = new FilterShop(new CatalogueLimits { Attributes = 1 });
        var cache = new FilterCache(shop.Columns, shop);
        shop.Put("a", FilterShop.Listed with { Attributes = [ItemAttribute.Of("one", 1)] });
        Assert.Equal("a", shop.Find(cache.Get("one = 1").Filter!));

        shop.Put("a", FilterShop.Listed with { Attributes = [ItemAttribute.Of("two", 1)] });

        Assert.Equal("No item has an attribute `one`.", cache.Get("one = 1").Error!.Message);
        Assert.Equal("a", shop.Find(cache.Get("two = 1").Filter!));
    }

    /// <summary>Values that nobody has made up before are not remembered without bound, and right.</summary>
    [Fact]
    public void Select_ManyValuesOfRequests_AreAllRight()
    {
        var (shop, cache) = Shop();
        var filter = cache.Get("category = context.category").Filter!;
        for (var value = 0; value < 2500; value++)
            Assert.Equal(value % 100 == 0 ? "pan pot" : "", shop.Find(filter, new FilterContext { Context = new Dictionary<string, FilterValue> { ["category"] = FilterValue.Of(value % 100 == 0 ? "Home > Kitchen" : $"c{value}") } }));

        shop.Put("cup", FilterShop.Listed with { Categories = ["Home > Kitchen > Cups"] });
        Assert.Equal("pan pot cup", shop.Find(filter, new FilterContext { Context = new Dictionary<string, FilterValue> { ["category"] = FilterValue.Of("Home > Kitchen") } }));
    }

    [Fact]
    public void Select_ThreeOfManyItems_FindsThem()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        for (var item = 0; item < 100_000; item++)
            columns.Put(item, FilterShop.Listed with { Price = item % 100, Attributes = [ItemAttribute.Of("brand", $"b{item / 3}")] });
        var cache = new FilterCache(columns, new FilterShop());
        var words = new ulong[1563];

        cache.Get("price >= 0 and brand = \"b20000\"").Filter!.Select(default, words);

        Assert.Equal(3, FilterShop.CountOf(words));
        Assert.Equal([60_000, 60_001, 60_002], Enumerable.Range(0, 100_000).Where(item => Bits.IsSet(words, item)));
    }

    private static (FilterShop Shop, FilterCache Cache) Shop(int capacity = 256)
    {
        var shop = FilterShop.Small();
        return (shop, new FilterCache(shop.Columns, shop, capacity: capacity));
    }
}
