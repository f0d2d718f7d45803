using FsCheck.Xunit;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>What a serving state makes of the records that reach it.</summary>
public sealed class LiveCatalogueTests
{
    private static readonly CatalogueItem Listed = new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = 1 };

    /// <summary>Changes arrive in any order and more than once, from this process and by the feed; the state is then that of a loading at their end.</summary>
    [Property(MaxTest = 200, QuietOnSuccess = true)]
    public void Apply_ChangesInAnyOrderAndTwice_AreThoseOfAStateBuiltAnew(byte[] changes, int seed)
    {
        var (written, revisions) = (new List<ServedItem>(), new Dictionary<int, long>());
        foreach (var change in changes)
        {
            var key = 1 + (change % 5);
            written.Add(new ServedItem(key, $"i{key}", RecordOf(change) with { Revision = revisions[key] = revisions.GetValueOrDefault(key) + 1 }));
        }

        ServedItem[] arriving = [.. written, .. written.Where((_, position) => position % 3 == 0)];
        new Random(seed).Shuffle(arriving);
        var followed = StateOf([Item(3, Listed)]);
        foreach (var item in arriving)
            followed.Apply(item);

        var anew = written.GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Last());
        anew.TryAdd(3, Item(3, Listed));
        Assert.Equal(CatalogueReading.Of(StateOf([.. anew.Values.OrderBy(item => item.Key)])), CatalogueReading.Of(followed));
    }

    [Fact]
    public void Apply_ItemsThatArrive_AreInTheColumnsAndShown()
    {
        var state = StateOf([Item(1, Listed)]);

        for (var key = 2; key < 5000; key++)
            state.Apply(Item(key, Listed with { Price = key, Categories = ["A"] }));

        Assert.Equal(4999, state.Catalogue.Count);
        Assert.Equal((4998, 4998), (state.Catalogue.Columns.Price.ItemCount, state.Catalogue.Columns.Categories!.ItemCount));
        Assert.Equal(4999, state.Recommend(new RecommendationQuery(10_000)).Count);
        Assert.True(state.Catalogue.ByteCount > state.Catalogue.Columns.ByteCount);
    }

    /// <summary>They stay until the state is built anew, so they count towards the limit at which it is.</summary>
    [Fact]
    public void LiveChangeCount_TextsAndListsThatCame_AreCounted()
    {
        var state = StateOf([Item(1, Listed with { GroupId = "g", Categories = ["A"] })]);
        Assert.Equal(0, state.LiveChangeCount);

        state.Apply(Item(1, Listed with { Revision = 2, GroupId = "h", Categories = ["A", "B"], Attributes = [ItemAttribute.Of("brand", "x"), ItemAttribute.Of("size", 3)] }));

        // A group, a category and the list of two, a brand.
        Assert.Equal(4, state.LiveChangeCount);
    }

    [Fact]
    public void Apply_NewItemThatTheFeedSaysIsGone_IsNoLongerAmongTheNewOnes()
    {
        var model = new PopularityModel(KeyMap.Empty, KeyMap.FromAscending([1]), [1]);
        var state = new ServingState(
            [new ServedModel("popularity", 1, model, ModelRoles.Recommender)], [], CatalogueBuilder.Of([Item(1, Listed)]), Histories([1]), new ServingOptions { NewItemShare = 0.5 });
        state.Apply(Item(2, Listed));
        state.Apply(Item(3, Listed));
        Assert.Equal(["popularity", "new"], state.Recommend(new RecommendationQuery(2)).Select(candidate => candidate.Source));

        // As the store says it of a deleted item: without a record.
        state.Apply(Item(2, CatalogueItem.Unlisted with { Deleted = true, Revision = 2 }));
        state.Apply(Item(3, CatalogueItem.Unlisted with { Deleted = true, Revision = 2 }));

        Assert.Equal(["i1"], state.Recommend(new RecommendationQuery(2)).Select(candidate => state.Items[candidate.ItemIndex]));
        Assert.True(state.Catalogue.Columns.IsDeleted(1));
    }

    [Fact]
    public void Builder_OfAState_IsThatStatesAlone()
    {
        var items = CatalogueBuilder.Of([Item(1, Listed with { Available = false }), Item(2, CatalogueItem.Unlisted)]);
        Assert.False(items.AnyToShow);
        items.Add(new ServedItem(4, "i4", Listed, new ItemContent { Title = "Mug" }));
        Assert.True(items.AnyToShow);
        Assert.Equal([1, 2, 4], items.Keys);
        Assert.Equal(["i1", "i2", "i4"], items.Ids);
        Assert.Equal([null, null, "Mug"], Enumerable.Range(0, 3).Select(item => items.ContentOf(item)?.Title));

        _ = new ServingState([], [], items, Histories([1, 2, 4]), new ServingOptions());

        Assert.Throws<InvalidOperationException>(() => new ServingState([], [], items, Histories([1, 2, 4]), new ServingOptions()));
    }

    private static CatalogueItem RecordOf(byte change) => new(
        Listed: change % 7 != 0, Available: change % 3 != 0, Hidden: false, Deleted: change % 11 == 0, change % 2 == 0 ? $"g{change % 4}" : null)
    {
        Price = change % 4 == 0 ? change : null,
        Categories = change % 5 == 0 ? ["A", $"c{change % 3}"] : [],
        Attributes = change % 6 == 0 ? [ItemAttribute.Of("brand", $"b{change % 5}")] : change % 6 == 1 ? [ItemAttribute.Of("brand", change)] : [],
    };

    private static ServedItem Item(int key, CatalogueItem record) => new(key, $"i{key}", record);

    private static ServingState StateOf(ServedItem[] items) =>
        new([], [], CatalogueBuilder.Of(items), Histories([.. items.Select(item => item.Key)]), new ServingOptions());

    private static InteractionDataset Histories(int[] itemKeys)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var key in itemKeys)
            builder.AddItem(key);
        return builder.Build();
    }
}
