using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>Readers without a lock, while a writer changes items again and again.</summary>
public sealed class FilterReadersTests
{
    private const int ItemCount = 5000;
    private const int Rounds = 20_000;

    /// <summary>
    /// An item's number of changes is told after each, so a reader that knows of it must find at least that many. All items but the last have a text and a tag of all times, and a
    /// text and a list of their own of this change, which the columns have not had before. Their side and their turn go from one wanted value to another. The last has new
    /// tags each time.
    /// </summary>
    [Fact]
    public async Task Select_WhileAWriterChangesItems_SeesEveryChangeThatWasApplied()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        for (var item = 0; item < ItemCount; item++)
            columns.Put(item, Record(0));
        var cache = new FilterCache(columns, new FilterShop(), capacity: 8);
        var applied = new int[ItemCount];
        using var stopped = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() => Read(cache, applied, reader, stopped.Token))).ToArray();

        var random = new SeededRandom(1, 0);
        for (var round = 1; round <= Rounds; round++)
        {
            var item = random.Next(ItemCount);
            columns.Put(item, Record(round));
            columns.Put(ItemCount, FilterShop.Listed with { Attributes = [ItemAttribute.Of("tags", [$"x{round}"])] });
            Volatile.Write(ref applied[item], round);
        }

        await stopped.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        Assert.InRange(cache.Count, 1, 8);
    }

    private static int Read(FilterCache cache, int[] applied, int reader, CancellationToken stopped)
    {
        var random = new SeededRandom(2, (uint)reader);
        var words = new ulong[Bits.WordsFor(ItemCount + 1)];
        var reads = 0;
        do
        {
            var item = random.Next(ItemCount);
            var least = Volatile.Read(ref applied[item]);
            Get(cache, $"round >= {least}").Select(default, words);
            Assert.True(Bits.IsSet(words, item), $"item {item} is behind change {least}");

            Get(cache, "round >= 1").Select(default, words);
            Assert.True(least == 0 || Bits.IsSet(words, item), $"item {item} is behind its first change");
            Get(cache, "text = \"all\" and tags contains \"all\"").Select(default, words);
            Assert.Equal(ItemCount, FilterShop.CountOf(words));
            Get(cache, "own contains \"own\" and lists contains context.all").Select(new FilterContext { Context = Context }, words);
            Assert.Equal(ItemCount, FilterShop.CountOf(words));
            Get(cache, "side in (\"left\", \"right\")").Select(default, words);
            Assert.Equal(ItemCount, FilterShop.CountOf(words));
            Get(cache, "turn in (0, 2)").Select(default, words);
            Assert.Equal(ItemCount, FilterShop.CountOf(words));
            reads++;
        }
        while (!stopped.IsCancellationRequested);
        return reads;
    }

    private static readonly Dictionary<string, FilterValue> Context = new() { ["all"] = FilterValue.Of("all") };

    private static CompiledFilter Get(FilterCache cache, string text) => cache.Get(text).Filter ?? throw new InvalidOperationException(text);

    private static CatalogueItem Record(int round) => FilterShop.Listed with
    {
        Attributes =
        [
            ItemAttribute.Of("round", round), ItemAttribute.Of("text", "all"), ItemAttribute.Of("tags", round % 2 == 0 ? ["all", "some"] : ["all"]), ItemAttribute.Of("own", $"own {round}"), ItemAttribute.Of("lists", [$"l{round}", "all"]),
            ItemAttribute.Of("side", round % 2 == 0 ? "left" : "right"), ItemAttribute.Of("turn", round % 2 == 0 ? 0 : 2),
        ],
    };
}
