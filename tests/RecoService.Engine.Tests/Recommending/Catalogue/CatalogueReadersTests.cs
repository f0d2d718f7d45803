using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>Readers without a lock, while a writer changes every item again and again.</summary>
public sealed class CatalogueReadersTests
{
    private const int ItemCount = 200;
    private const int Rounds = 200;

    [Fact]
    public async Task Read_WhileAWriterChangesAllItems_EveryCellIsWhole()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        Put(columns, round: 0);
        using var stopped = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAll(columns, stopped.Token))).ToArray();

        for (var round = 1; round <= Rounds; round++)
            Put(columns, round);

        await stopped.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        Assert.Equal(ItemCount + 1, columns.Categories!.DistinctCount);
    }

    /// <summary>A list that came after the look at the lists counts too: all items hold the one text before and after every change.</summary>
    [Fact]
    public async Task SelectHolding_WhileListsArrive_MissesNoItem()
    {
        var columns = new CatalogueColumns(new CatalogueLimits());
        Put(columns, round: 0);
        var categories = columns.Categories!;
        Assert.True(categories.Texts.TryGetCode("all", out var all));
        using var stopped = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var items = new ulong[Bits.WordsFor(ItemCount)];
            var reads = 0;
            do
            {
                categories.SelectHolding(all, items);
                Assert.Equal(ItemCount, items.Sum(word => System.Numerics.BitOperations.PopCount(word)));
                reads++;
            }
            while (!stopped.IsCancellationRequested);
            return reads;
        });

        for (var round = 1; round <= Rounds; round++)
            Put(columns, round);

        await stopped.CancelAsync();
        Assert.True(await reader > 0);
    }

    private static void Put(CatalogueColumns columns, int round)
    {
        for (var item = 0; item < ItemCount; item++)
        {
            columns.Put(item, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, $"g{item} {round}")
            {
                Price = item + (round / 1000.0),
                AddedAt = (item * 1000) + round,
                Categories = [$"c{item} {round}", "all"],
                Attributes = [ItemAttribute.Of($"name{round % 5}", $"v{item} {round}"), ItemAttribute.Of("flag", round % 2 == 0)],
            });
        }
    }

    private static int ReadAll(CatalogueColumns columns, CancellationToken stopped)
    {
        var reads = 0;
        do
        {
            for (var item = 0; item < ItemCount; item++)
            {
                Assert.StartsWith($"g{item} ", columns.GroupId.TextOf(item), StringComparison.Ordinal);
                Assert.InRange(columns.Price[item], item, item + 0.999);
                Assert.InRange(columns.AddedAt[item]!.Value, item * 1000, (item * 1000) + 999);
                Assert.StartsWith($"[c{item} ", CatalogueReading.ValueOf(columns.Categories!, item), StringComparison.Ordinal);
                Assert.EndsWith(" | all]", CatalogueReading.ValueOf(columns.Categories!, item), StringComparison.Ordinal);
                Assert.NotNull(columns.Attribute<FlagColumn>("flag")![item]);
                for (var name = 0; name < 5; name++)
                {
                    if (columns.Attribute<TextColumn>($"name{name}")?.TextOf(item) is { } text)
                        Assert.StartsWith($"v{item} ", text, StringComparison.Ordinal);
                }

                reads++;
            }
        }
        while (!stopped.IsCancellationRequested);
        return reads;
    }
}
