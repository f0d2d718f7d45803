using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>Filters over the catalogue of a serving state, which follows the writes.</summary>
public sealed class FilterOfAStateTests
{
    [Fact]
    public void Select_AfterApply_SeesTheItemAsItIsNow()
    {
        var state = State();
        var cache = new FilterCache(state.Catalogue.Columns, state.Items);
        Assert.Equal("i1 i2", Found(state, cache, "price < 10"));
        Assert.Equal("i2", Found(state, cache, "itemId in (\"i2\", \"i4\", \"i5\")"));
        Assert.Equal("i1 i2 i3", Found(state, cache, "not price = 7"));

        state.Apply(Item(1, 11, revision: 2));
        state.Apply(Item(4, 7, revision: 1));
        // A change that was overtaken on its way.
        state.Apply(Item(1, 3, revision: 1));

        Assert.Equal("i2 i4", Found(state, cache, "price < 10"));
        Assert.Equal("i2 i4", Found(state, cache, "itemId in (\"i2\", \"i4\", \"i5\")"));
        Assert.Equal("i1 i2 i3", Found(state, cache, "not price = 7"));

        // An item that only an interaction names has a place and a time, and no price.
        state.Apply([new ServedInteraction(9, "u9", 5, "i5", Datasets.View, 0, FilterShop.At("2026-01-31T00:00:00Z"))]);

        Assert.Equal("i2 i4 i5", Found(state, cache, "itemId in (\"i2\", \"i4\", \"i5\")"));
        Assert.Equal("i5", Found(state, cache, "price is missing and addedAt = \"2026-01-31\""));
    }

    [Fact]
    public void Select_OfItemsThatArriveByTheHundred_FindsEachAtOnce()
    {
        var state = State();
        var cache = new FilterCache(state.Catalogue.Columns, state.Items);
        var last = 3;
        for (var key = 20; key < 900; key++)
        {
            state.Apply(Item(key, key, revision: 1));
            Assert.Equal($"i{last} i{key}", Found(state, cache, $"price in ({key}, {(last == 3 ? 12 : last)})"));
            Assert.Equal($"i{key}", Found(state, cache, "price > 12 and not price < user.key or itemId = context.id", key));
            last = key;
            key += key % 3;
        }
    }

    private static string Found(ServingState state, FilterCache cache, string text, int key = 0)
    {
        var items = new ulong[Bits.WordsFor(state.Items.Count)];
        var context = new FilterContext
        {
            Users = FilterShop.UserWith(ItemAttribute.Of("key", key)),
            UserIndex = FilterShop.UserIndex,
            Context = new Dictionary<string, FilterValue> { ["id"] = FilterValue.Of($"i{key}") },
        };
        cache.Get(text).Filter!.Select(context, items);
        return string.Join(" ", Enumerable.Range(0, state.Items.Count).Where(item => Bits.IsSet(items, item)).Select(item => state.Items[item]));
    }

    private static ServedItem Item(int key, double price, int revision) => new(key, $"i{key}", FilterShop.Listed with { Price = price, Revision = revision });

    private static ServingState State()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        ServedItem[] items = [Item(1, 4, 1), Item(2, 5, 1), Item(3, 12, 1)];
        foreach (var item in items)
            builder.AddItem(item.Key);
        return new ServingState([], [], CatalogueBuilder.Of(items), builder.Build(), new ServingOptions());
    }
}
