using FsCheck;
using FsCheck.Fluent;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>What holds of 100,000 generated expressions. A failure names the seed.</summary>
public sealed class FilterProperties
{
    private const int ItemCount = 70;
    private const int SeedCount = 4;
    private const int PerSeed = 12_500;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, SeedCount).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Get_AnyText_NeverThrowsAndErrorsLieInTheText(ulong seed)
    {
        var shop = FilterShop.Small();
        var cache = new FilterCache(shop.Columns, shop, capacity: 16);
        var good = 0;

        foreach (var text in FilterGenerators.Garbage().Sample(PerSeed, seed))
        {
            var (filter, error) = cache.Get(text);
            Assert.True(filter is null != error is null, text);
            if (error is not null)
                Assert.True(error.Position >= 0 && error.Position <= text.Length && error.Expected.Length > 0 && error.Found.Length > 0 && error.Message.EndsWith('.') | error.Message.EndsWith('?'), $"{text}: {error}");
            else
                shop.Find(filter!);
            good += error is null ? 1 : 0;
        }

        Assert.InRange(good, 1, PerSeed / 2);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Select_AnyExpression_IsWhatADirectEvaluationSays(ulong seed)
    {
        var (shop, items) = Shop(seed);
        var request = new NaiveRequest(
            items, [3, 68],
            new Dictionary<string, FilterValue> { ["text"] = FilterValue.Of("a"), ["path"] = FilterValue.Of("a > b"), ["number"] = FilterValue.Of(1), ["date"] = FilterValue.Of("2026-01-02"), ["flag"] = FilterValue.Of(true) },
            new Dictionary<string, FilterValue> { ["text"] = FilterValue.Of("ab"), ["number"] = FilterValue.Of(0.5) });
        var context = new FilterContext { CurrentItems = request.Current, Context = request.Context, Users = FilterShop.UserWith(ItemAttribute.Of("text", "ab"), ItemAttribute.Of("number", 0.5)), UserIndex = FilterShop.UserIndex };
        var words = new ulong[Bits.WordsFor(ItemCount)];
        var (found, first) = (0L, 0);

        foreach (var expression in FilterGenerators.Expression(2).Sample(PerSeed, seed))
        {
            var text = expression.ToString();
            var (parsed, error) = FilterParser.Parse(text);
            Assert.True(parsed is not null, $"{text}: {error}");
            Assert.True(FilterGenerators.AreSame(expression, parsed), $"{text} is read as {parsed}");
            (var filter, error) = FilterCompiler.Compile(parsed, shop.Columns, shop);
            Assert.True(filter is not null, $"{text}: {error}");

            filter.Select(context, words);

            // A third of the items, each time another, for records are slow to look into.
            for (var item = first++ % 3; item < ItemCount; item += 3)
            {
                if (Bits.IsSet(words, item) != NaiveFilter.Holds(expression, item, request))
                    Assert.Fail($"{text}: item {item} is {(Bits.IsSet(words, item) ? "" : "not ")}selected. {items[item].Record}");
            }

            found += FilterShop.CountOf(words);
        }

        Assert.InRange(found / (double)(PerSeed * ItemCount), 0.2, 0.8);
    }

    /// <summary>A filter that was asked before and after any changes says what one says that is compiled now.</summary>
    [Fact]
    public void Select_AfterAnyChanges_IsThatOfANewFilter()
    {
        var (shop, items) = Shop(9);
        var cache = new FilterCache(shop.Columns, shop);
        var texts = FilterGenerators.Expression(1).Sample(40, 9).Select(expression => expression.ToString()).ToArray();
        var records = FilterGenerators.Record().Sample(3000, 10);
        var random = new SeededRandom(11, 0);
        var next = 0;
        while (next < records.Length)
        {
            for (var change = random.Next(random.Next(10) == 0 ? 400 : 5); change >= 0 && next < records.Length; change--)
                shop.Put($"i{random.Next(shop.Count + 1)}", records[next++]);
            for (var asked = 0; asked < 5; asked++)
            {
                var text = texts[random.Next(texts.Length)];
                var kept = cache.Get(text).Filter!;
                Assert.Equal(Words(shop, shop.Filter(text)), Words(shop, kept));
            }
        }

        Assert.True(shop.Count > items.Count);
        Assert.Equal(texts.Distinct().Count(), cache.Count);
    }

    private static ulong[] Words(FilterShop shop, CompiledFilter filter)
    {
        var words = new ulong[Bits.WordsFor(shop.Count)];
        filter.Select(new FilterContext { CurrentItems = [5] }, words);
        return words;
    }

    private static (FilterShop Shop, IReadOnlyList<(string Id, CatalogueItem Record)> Items) Shop(ulong seed)
    {
        var shop = new FilterShop();
        var records = FilterGenerators.Record().Sample(ItemCount, seed);
        var items = Enumerable.Range(0, ItemCount).Select(item => ($"i{item}", item < 4 ? FilterGenerators.Complete(item) : records[item])).ToArray();
        foreach (var (id, record) in items)
            shop.Put(id, record);
        return (shop, items);
    }
}

/// <summary>Values of a generator by a seed.</summary>
internal static class Samples
{
    public static T[] Sample<T>(this Gen<T> generator, int count, ulong seed)
    {
        T[] values = [.. generator.Sample(count, new Rnd(seed), 50)];
        Assert.Equal(count, values.Length);
        return values;
    }
}
