using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>The columns take what docs/performance.md says, under "The catalogue in memory".</summary>
public sealed class CatalogueMemoryTests
{
    /// <summary>25 chunks, so none is half empty.</summary>
    private const int ItemCount = 25 * 4096;

    private const int Brands = 500;
    private const int Shelves = 300;

    [Fact]
    public void ByteCount_OfAMadeCatalogue_IsThatOfTheFormula()
    {
        var columns = Made();

        // Per item: state 1, revision 8, price 8, currency 4, categories 4, added 8, group 4; the attributes: four texts, two numbers, a flag, a list.
        const int perItem = 1 + 8 + 8 + 4 + 4 + 8 + 4 + (4 * 4) + (2 * 8) + 1 + 4;
        Assert.Equal(74, perItem);
        // Groups of 3 under 13 letters, brands, three other attributes of ten texts each, categories, tags and one currency.
        var texts = (ItemCount / 3) + 1 + Brands + 30 + Shelves + 20 + 1;
        var lists = columns.Categories!.ListCount + columns.Attribute<ListColumn>("tags")!.ListCount;
        var least = ((long)ItemCount * perItem) + (texts * (48 + 12 + 40L)) + (lists * 28L);
        var most = ((long)ItemCount * (perItem + 1)) + (texts * (48 + 24 + 48L)) + (lists * 56L) + 20_000;

        Assert.InRange(columns.ByteCount, least, most);
        Assert.Equal(texts, columns.EntryCount - lists);
    }

    [Theory]
    [InlineData(ColumnType.Number, 8)]
    [InlineData(ColumnType.Text, 4)]
    [InlineData(ColumnType.List, 4)]
    [InlineData(ColumnType.Flag, 1)]
    [InlineData(ColumnType.Time, 8)]
    public void ByteCount_OfOneColumn_IsThatOfItsCells(ColumnType type, int bytesPerItem)
    {
        CatalogueColumn column = type switch
        {
            ColumnType.Number => new NumberColumn("a"),
            ColumnType.Text => new TextColumn("a"),
            ColumnType.List => new ListColumn("a"),
            ColumnType.Flag => new FlagColumn("a"),
            _ => new TimeColumn("a"),
        };
        var empty = column.ByteCount;
        Assert.InRange(empty, 1, 300);

        for (var item = 0; item < ItemCount; item++)
            Put(column, item);

        // A chunk has a head and a reference of its own, and the few texts are nothing beside them.
        Assert.InRange(column.ByteCount, ItemCount * bytesPerItem, (ItemCount * bytesPerItem) + (25 * 40) + 1000);
    }

    [Fact]
    public void ByteCount_OneItemFarOut_HasOneChunk()
    {
        var column = new NumberColumn("a");

        column.Set(1_000_000, 1);

        Assert.InRange(column.ByteCount, 4096 * 8, (4096 * 8) + 3000);
    }

    private static void Put(CatalogueColumn column, int item)
    {
        switch (column)
        {
            case NumberColumn numbers: numbers.Set(item, item); break;
            case TextColumn texts: texts.Set(item, "x"); break;
            case ListColumn lists: Assert.Null(lists.TryPut(item, ["x", "y"], new CatalogueLimits())); break;
            case FlagColumn flags: flags.Set(item, true); break;
            case TimeColumn times: times.Set(item, item); break;
            default: Assert.Fail("There is no such column."); break;
        }
    }

    private static CatalogueColumns Made()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        for (var item = 0; item < ItemCount; item++)
        {
            var random = new SeededRandom(1, item);
            columns.Put(item, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, $"g-{item / 3:000000}")
            {
                Revision = 1,
                AddedAt = item,
                Price = item / 100.0,
                Currency = "EUR",
                Categories = [$"Shelf {item % Shelves:000}"],
                Attributes =
                [
                    ItemAttribute.Of("brand", $"Brand {item % Brands:000}"), ItemAttribute.Of("colour", $"colour {random.Next(10)}"), ItemAttribute.Of("material", $"matter {random.Next(10)}"),
                    ItemAttribute.Of("season", $"season {random.Next(10)}"), ItemAttribute.Of("size", random.Next(20)), ItemAttribute.Of("weight", random.NextDouble()),
                    ItemAttribute.Of("organic", item % 2 == 0), ItemAttribute.Of("tags", [$"tag {random.Next(10):00000}", $"tag {10 + random.Next(10):00000}"]),
                ],
            });
        }

        return columns;
    }
}
