using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>The rules of a finished list, and a list under several of them.</summary>
public sealed class RerankerTests
{
    [Fact]
    public void OnePerGroup_SecondOfAGroup_IsNotAdmittedUntilTheNextList()
    {
        var groups = new OnePerGroup(Catalogue("a", "a", null, null, "b"));
        groups.Begin(10);

        Assert.True(groups.Admits(0));
        // To ask takes no place.
        Assert.True(groups.Admits(1));
        groups.Place(0);
        groups.Place(2);

        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(groups.Admits));
        groups.Begin(10);
        Assert.True(groups.Admits(1));
    }

    [Theory]
    [InlineData(0.25, 10, true, 2)]
    [InlineData(0.25, 3, true, 0)]
    [InlineData(0.5, 4, false, 0)]
    [InlineData(1, 4, true, 4)]
    public void ReservedSlots_ListOfALength_KeepsItsShareRoundedDown(double share, int limit, bool isOpen, int expected)
    {
        IListRule reserved = new ReservedSlots(new Fixed("new", 1), share, () => isOpen);
        reserved.Begin(limit);

        Assert.Equal(expected, reserved.KeptSlots);
        Assert.True(reserved.Admits(0));
    }

    [Fact]
    public void Recommend_TwoRulesThatKeepPlaces_FillsTheirsInTheirOrder()
    {
        var catalogue = Catalogue(null, null, null, null, null, null, null, null);
        var pipeline = new Pipeline(
            [], [new Fixed("first", 0, 1, 2, 3, 4), new Fixed("second", 5, 6, 7)],
            () => [new ReservedSlots(new Fixed("a", 4, 0), 0.3, () => true), new ReservedSlots(new Fixed("b", 7), 0.3, () => true)], catalogue);

        var list = pipeline.Recommend(default, limit: 7);

        // Three open places, two of the first rule (item 0 is taken), two of the second, of which one is left to everybody.
        Assert.Equal([(0, "first"), (1, "first"), (2, "first"), (4, "a"), (3, "first"), (7, "b"), (5, "second")], list.Select(entry => (entry.ItemIndex, entry.Source)));
    }

    [Fact]
    public void Recommend_OneRuleRefuses_TheOthersTakeNoNote()
    {
        var catalogue = Catalogue("a", "a", null);
        // Item 0 is refused by the second rule; so the first has not let in the group.
        var pipeline = new Pipeline([], [new Fixed("first", 0, 1, 2)], () => [new OnePerGroup(catalogue), new Refusing(0)], catalogue);

        Assert.Equal([1, 2], pipeline.Recommend(default, limit: 3).Select(entry => entry.ItemIndex));
    }

    private static LiveCatalogue Catalogue(params string?[] groups)
    {
        var items = CatalogueBuilder.Of(groups.Select((group, key) => new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, group) { Revision = 1 })));
        var counts = new int[groups.Length];
        var unlisted = new UnlistedItems(true, 0, RecoService.Engine.Data.KeyMap.Empty, items, counts);
        return new LiveCatalogue(items.TakeColumns(), counts, unlisted);
    }

    /// <summary>The same items for everybody, best first.</summary>
    private sealed class Fixed(string name, params int[] items) : IRetriever
    {
        public string Name => name;

        public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
        {
            for (var position = 0; position < items.Length; position++)
            {
                if (!Bits.IsSet(blocked, items[position]))
                    best.Offer(items[position], -position);
            }
        }
    }

    private sealed class Refusing(int refused) : IListRule
    {
        public void Begin(int limit)
        {
        }

        public bool Admits(int itemIndex) => itemIndex != refused;
    }
}
