using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>Each type of column: what is put is read, and selected, over chunks that exist and chunks that do not.</summary>
public sealed class ColumnTests
{
    /// <summary>On both sides of where chunks begin, and in the third one without any in the second.</summary>
    private static readonly int[] Items = [0, 1, 63, 64, 4095, 8192, 8200, 10_000];

    private static readonly CatalogueLimits Limits = new();

    [Fact]
    public void Number_PutAndCleared_IsReadAndSelectedByRange()
    {
        var prices = new NumberColumn("price");
        foreach (var item in Items)
            prices.Set(item, item / 2.0);
        prices.Set(64, null);
        prices.Set(63, 32);
        prices.Set(63, 31.25);

        Assert.Equal((31.25, double.NaN, double.NaN, double.NaN, 5000), (prices[63], prices[64], prices[5000], prices[1_000_000], prices[10_000]));
        Assert.Equal([1, 63, 4095], Selected(items => prices.SelectBetween(0.5, 2047.5, items)));
        Assert.Equal([8192, 8200, 10_000], Selected(items => prices.SelectBetween(2048, double.PositiveInfinity, items)));
        Assert.Equal([0, 1, 63, 4095, 8192, 8200, 10_000], Selected(prices.SelectPresent));
        Assert.Equal((ColumnType.Number, 7, null), (prices.Type, prices.ItemCount, prices.DistinctCount));
        prices.Clear(64);
        prices.Clear(2_000_000);
        Assert.Equal(7, prices.ItemCount);
    }

    [Fact]
    public void Time_PutAndCleared_IsReadAndSelectedByRange()
    {
        var added = new TimeColumn("addedAt");
        foreach (var item in Items)
            added.Set(item, item - 100);
        added.Set(1, null);

        Assert.Equal((-100, null, null, 9900), (added[0], added[1], added[2], added[10_000]));
        Assert.Equal([0, 63, 64], Selected(items => added.SelectBetween(long.MinValue, 0, items)));
        Assert.Equal([8200, 10_000], Selected(items => added.SelectBetween(8100, long.MaxValue, items)));
        Assert.Equal(Items.Except([1]), Selected(added.SelectPresent));
        Assert.Equal((ColumnType.Time, 7), (added.Type, added.ItemCount));
    }

    [Fact]
    public void Flag_PutAndCleared_IsReadAndSelected()
    {
        var flags = new FlagColumn("organic");
        foreach (var item in Items)
            flags.Set(item, item % 2 == 0);
        flags.Clear(0);
        flags.Set(64, false);

        Assert.Equal((null, false, false, null, true), (flags[0], flags[1], flags[64], flags[65], flags[10_000]));
        Assert.Equal([8192, 8200, 10_000], Selected(items => flags.Select(true, items)));
        Assert.Equal([1, 63, 64, 4095], Selected(items => flags.Select(false, items)));
        Assert.Equal(Items.Except([0]), Selected(flags.SelectPresent));
        Assert.Equal((ColumnType.Flag, 7), (flags.Type, flags.ItemCount));
    }

    [Fact]
    public void Text_PutAndCleared_IsReadAndSelectedByOneAndByAnyOf()
    {
        var brands = new TextColumn("brand");
        foreach (var item in Items)
            Assert.Null(brands.TryPut(item, $"brand {item % 3}", Limits));
        brands.Set(64, "Brand 1");
        brands.Clear(0);

        Assert.Equal((null, "brand 1", "Brand 1", -1, null), (brands.TextOf(0), brands.TextOf(1), brands.TextOf(64), brands[0], brands.TextOf(77)));
        Assert.True(brands.Texts.TryGetCode("brand 1", out var one));
        Assert.Equal([1, 8200, 10_000], Selected(items => brands.SelectEqualTo(one, items)));
        Assert.False(brands.Texts.TryGetCode("BRAND 1", out _));
        var any = brands.Texts.CodesWhere(text => text is "brand 2" or "Brand 1");
        Assert.Equal([64, 8192], Selected(items => brands.SelectAnyOf(any, items)));
        Assert.Equal(Items.Except([0]), Selected(brands.SelectPresent));
        Assert.Throws<ArgumentOutOfRangeException>(() => brands.SelectEqualTo(-1, new ulong[1]));
        Assert.Equal((ColumnType.Text, 7, 4), (brands.Type, brands.ItemCount, brands.DistinctCount));
    }

    [Fact]
    public void Text_NoItemHasItAnyMore_ItsCodeKeepsItsMeaning()
    {
        var brands = new TextColumn("brand");
        brands.Set(0, "first");
        var code = brands[0];
        for (var put = 0; put < 100; put++)
            brands.Set(0, $"later {put}");

        Assert.Equal((1, 101, "first"), (brands.DistinctCount, brands.Texts.Count, brands.Texts[code]));
        Assert.Empty(Selected(items => brands.SelectEqualTo(code, items)));
        brands.Set(5, "first");
        Assert.Equal(code, brands[5]);
        Assert.Equal([5], Selected(items => brands.SelectEqualTo(code, items)));
    }

    [Fact]
    public void List_PutAndCleared_IsReadInItsOrderAndSelectedByWhatItHolds()
    {
        var categories = new ListColumn("categories");
        Put(categories, 0, "A", "B", "A");
        Put(categories, 64, "B", "A");
        Put(categories, 8192, "A", "B");
        Put(categories, 8193, "C");
        Put(categories, 8194);
        Put(categories, 10_000, "D");
        categories.Clear(10_000);

        Assert.Equal("[A | B]", CatalogueReading.ValueOf(categories, 0));
        Assert.Equal("[B | A]", CatalogueReading.ValueOf(categories, 64));
        Assert.True(categories[8194].IsEmpty && categories[10_000].IsEmpty && categories[20_000].IsEmpty);
        Assert.Equal((3, 4), (categories.DistinctCount, categories.Texts.Count));
        Assert.Equal(4, categories.ListCount);
        Assert.True(categories.Texts.TryGetCode("A", out var code));
        Assert.Equal([0, 64, 8192], Selected(items => categories.SelectHolding(code, items)));
        Assert.Equal([8193], Selected(items => categories.SelectHoldingAny(categories.Texts.CodesWhere(text => text is "C" or "D"), items)));
        Assert.Empty(Selected(items => categories.SelectHoldingAny([], items)));
        Assert.Equal([0, 64, 8192, 8193], Selected(categories.SelectPresent));
        Assert.Equal((ColumnType.List, 4), (categories.Type, categories.ItemCount));
    }

    /// <summary>Fewer words cut items off, and what is beyond the items is cleared.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(129)]
    [InlineData(500)]
    public void Select_WordsOfAnyLength_AreReplaced(int length)
    {
        var prices = new NumberColumn("price");
        foreach (var item in Items)
            prices.Set(item, 1);
        var words = new ulong[length];
        Array.Fill(words, ulong.MaxValue);

        prices.SelectBetween(1, 1, words);

        Assert.Equal(Items.Where(item => item < length * 64), IndexesOf(words));
    }

    [Fact]
    public void Put_BeyondTheLimits_SaysWhy()
    {
        var limits = new CatalogueLimits { DistinctTexts = 2, ListLength = 3, TextLength = 5 };
        var (texts, lists) = (new TextColumn("t"), new ListColumn("l"));

        Assert.Equal([null, null, LeftOutReason.TextTooLong], [texts.TryPut(0, "12345", limits), texts.TryPut(1, "b", limits), texts.TryPut(2, "123456", limits)]);
        // One that takes the place of another is no third.
        Assert.Null(texts.TryPut(1, "c", limits));
        Assert.Equal(LeftOutReason.TooManyTexts, texts.TryPut(2, "d", limits));
        Assert.Null(lists.TryPut(0, ["a", "a", "b", "b"], limits));
        Assert.Equal(LeftOutReason.ListTooLong, lists.TryPut(1, ["1", "2", "3", "4"], limits));
        Assert.Equal(LeftOutReason.TextTooLong, lists.TryPut(1, ["123456"], limits));
        Assert.Null(lists.TryPut(0, ["b", "c"], limits));
        Assert.Equal(LeftOutReason.TooManyTexts, lists.TryPut(1, ["d"], limits));
    }

    private static void Put(ListColumn column, int item, params string[] texts) => Assert.Null(column.TryPut(item, texts, Limits));

    private static List<int> Selected(Select select)
    {
        var words = new ulong[Bits.WordsFor(12_000)];
        Array.Fill(words, ulong.MaxValue);
        select(words);
        return IndexesOf(words);
    }

    private static List<int> IndexesOf(ulong[] words) => [.. Enumerable.Range(0, 64 * words.Length).Where(index => Bits.IsSet(words, index))];

    private delegate void Select(Span<ulong> items);
}
