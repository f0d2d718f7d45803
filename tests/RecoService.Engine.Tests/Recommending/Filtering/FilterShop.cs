using System.Numerics;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>A catalogue whose items are put as they come, and what filters find in it.</summary>
internal sealed class FilterShop(CatalogueLimits? limits = null) : IItemIds
{
    private readonly List<string> ids = [];

    public static CatalogueItem Listed { get; } = new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null);

    /// <summary>Of <see cref="UserWith"/>.</summary>
    public const int UserIndex = 70;

    public CatalogueColumns Columns { get; } = new(limits ?? new CatalogueLimits());

    public int Count => ids.Count;

    public string this[int index] => ids[index];

    /// <summary>One user with attributes, among others who have others.</summary>
    public static UserAttributes UserWith(params ItemAttribute[] attributes)
    {
        var users = new UserAttributes();
        users.Put(UserIndex - 1, revision: 1, [ItemAttribute.Of("budget", -1), ItemAttribute.Of("brand", "none")]);
        users.Put(UserIndex, revision: 1, attributes);
        users.Put(UserIndex + 1, revision: 1, [ItemAttribute.Of("budget", 1e9), ItemAttribute.Of("vegan", false)]);
        return users;
    }

    /// <summary>The eight items that the tables are about.</summary>
    public static FilterShop Small()
    {
        var shop = new FilterShop();
        shop.Put("pan", Listed with
        {
            Price = 40,
            SalePrice = 35,
            Currency = "EUR",
            GroupId = "g1",
            AddedAt = At("2026-01-31T09:00:00Z"),
            Categories = ["Home > Kitchen > Pans"],
            Attributes = [ItemAttribute.Of("brand", "Oak & Co"), ItemAttribute.Of("tags", ["new", "steel"]), ItemAttribute.Of("organic", false), ItemAttribute.Of("cost", 45)],
        });
        shop.Put("pot", Listed with
        {
            Price = 50,
            SalePrice = 50,
            Currency = "EUR",
            GroupId = "g1",
            AddedAt = At("2026-02-01T00:00:00Z"),
            Categories = ["Home>Kitchen", "Sale"],
            Attributes = [ItemAttribute.Of("brand", "Oak"), ItemAttribute.Of("tags", ["refurbished", "steel"]), ItemAttribute.Of("size", 42)],
        });
        shop.Put("tea", Listed with
        {
            Price = 4.5,
            Currency = "USD",
            Categories = ["Food > Tea"],
            ConsumesForDays = 14,
            Attributes = [ItemAttribute.Of("organic", true), ItemAttribute.Of("in", "box"), ItemAttribute.Of("size", "XL"), ItemAttribute.Of("released", "2025-12-24")],
        });
        shop.Put("lamp", Listed with
        {
            Price = 50.01,
            AddedAt = At("2025-06-30T23:59:59Z"),
            Categories = ["Home > Light"],
            Attributes = [ItemAttribute.Of("brand", "Élan \"No. 5\""), ItemAttribute.Of("energy class", "A"), ItemAttribute.Of("size", ["S", "M"])],
        });
        shop.Put("gift", Listed with { AddedAt = At("2026-01-31T00:00:00Z"), Attributes = [ItemAttribute.Of("brand", "Oak"), ItemAttribute.Of("price", "free"), ItemAttribute.Of("size", true)] });
        shop.Put("old", Listed with { Deleted = true, Price = 1 });
        shop.Put("seen", CatalogueItem.Unlisted with { AddedAt = At("2026-03-01T10:00:00Z") });
        shop.Put("free", Listed with { Price = 0, SalePrice = -1, Currency = "EUR", Categories = ["Home"], Attributes = [ItemAttribute.Of("released", "2026-01-02")] });
        return shop;
    }

    public static long At(string time) => DateTimeOffset.Parse(time).ToUnixTimeMilliseconds();

    public bool TryGetIndex(string id, out int index) => (index = ids.IndexOf(id)) >= 0;

    public int Put(string id, CatalogueItem record)
    {
        if (!TryGetIndex(id, out var index))
        {
            index = ids.Count;
            ids.Add(id);
        }

        Columns.Put(index, record);
        return index;
    }

    public FilterCompilation Compile(string text, UnknownFields unknownFields = UnknownFields.AreErrors)
    {
        var (expression, error) = FilterParser.Parse(text);
        return expression is null ? new FilterCompilation(null, error) : FilterCompiler.Compile(expression, Columns, this, unknownFields);
    }

    public CompiledFilter Filter(string text)
    {
        var (filter, error) = Compile(text);
        Assert.True(filter is not null, $"{text}: {error}");
        return filter;
    }

    public string Find(string text, in FilterContext context = default) => Find(Filter(text), context);

    /// <summary>The ids, in the order of the items.</summary>
    public string Find(CompiledFilter filter, in FilterContext context = default)
    {
        var words = new ulong[Bits.WordsFor(Count) + 1];
        Array.Fill(words, ulong.MaxValue);
        filter.Select(context, words);
        List<string> found = [];
        for (var item = 0; item < 64 * words.Length; item++)
        {
            Assert.Equal(Bits.IsSet(words, item), filter.Holds(context, item));
            if (Bits.IsSet(words, item))
                found.Add(ids[item]);
        }

        return string.Join(" ", found);
    }

    public static int CountOf(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }
}
