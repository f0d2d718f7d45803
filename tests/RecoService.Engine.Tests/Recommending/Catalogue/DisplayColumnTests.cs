using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>Texts that are shown: as they came, over any indexes, and counted in the memory of the catalogue.</summary>
public sealed class DisplayColumnTests
{
    private static readonly CatalogueItem Record = new(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Title = "Oak chair" };

    [Fact]
    public void Set_AnyTexts_IsThatOfADictionary()
    {
        var column = new DisplayColumn("title");
        var expected = new Dictionary<int, string>();
        var random = new SeededRandom(1, 0);
        string?[] texts = [null, "", "a", "Öl & Essig", "\ud83d\ude00", new string('x', 1000)];

        for (var round = 0; round < 5_000; round++)
        {
            var (item, text) = (random.Next(3) == 0 ? random.Next(20_000) : random.Next(100), texts[random.Next(texts.Length)]);
            column.Set(item, text);
            if (string.IsNullOrEmpty(text))
                expected.Remove(item);
            else
                expected[item] = text;
        }

        Assert.Equal(expected.Count, column.ItemCount);
        for (var item = 0; item < 30_000; item++)
            Assert.Equal(expected.GetValueOrDefault(item), column.TextOf(item));
        var words = new ulong[Bits.WordsFor(30_000)];
        column.SelectPresent(words);
        Assert.Equal(expected.Keys.Order(), Enumerable.Range(0, 30_000).Where(item => Bits.IsSet(words, item)));
    }

    [Fact]
    public void ByteCount_GrowsAndShrinksWithTheTexts()
    {
        var column = new DisplayColumn("title");
        column.Set(0, "a");
        var small = column.ByteCount;

        column.Set(0, new string('a', 801));
        Assert.Equal(800, column.ByteCount - small);
        column.Set(0, "a");
        Assert.Equal(small, column.ByteCount);
        column.Clear(0);
        Assert.Equal(small - 32, column.ByteCount);
    }

    [Fact]
    public void Put_ARecord_ShowsItsTitleUntilItIsAnotherOrDeleted()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        columns.Put(3, Record with { ImageUrl = "https://shop.example/oak.png" });
        Assert.Equal(("Oak chair", "https://shop.example/oak.png"), (columns.Titles.TextOf(3), columns.ImageUrls.TextOf(3)));

        columns.Put(3, Record with { Title = "Ash chair" });
        Assert.Equal(("Ash chair", null), (columns.Titles.TextOf(3), columns.ImageUrls.TextOf(3)));
        columns.Put(3, Record with { Deleted = true });
        Assert.Null(columns.Titles.TextOf(3));
    }

    [Fact]
    public void Put_WithoutTitlesKept_KeepsNone()
    {
        var columns = new CatalogueColumns(new CatalogueLimits { KeepsTitles = false });

        columns.Put(3, Record);

        Assert.False(columns.KeepsTitles);
        Assert.Null(columns.Titles.TextOf(3));
        Assert.Equal(0, columns.Titles.ItemCount);
    }
}
