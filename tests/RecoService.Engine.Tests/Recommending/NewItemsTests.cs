using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>A shop of 20 lamps and 20 chairs, and what arrives in it after the models were trained.</summary>
public sealed class NewItemsTests
{
    private const int Trained = 40;

    [Theory]
    [InlineData(5, 0)]
    [InlineData(10, 1)]
    [InlineData(20, 2)]
    public void Recommend_NewItems_HaveTheLastPlacesOfALongEnoughList(int limit, int kept)
    {
        var state = Shop();
        for (var item = 0; item < 5; item++)
            state.Apply(New(100 + item, "Rug", addedAt: item));

        var list = state.Recommend("nobody", limit);

        Assert.Equal(limit, list.Count);
        Assert.All(list.Take(limit - kept), candidate => Assert.Equal("popularity", candidate.Source));
        Assert.Equal(new[] { ("i104", "new"), ("i103", "new") }.Take(kept), list.Skip(limit - kept).Select(candidate => (state.Items[candidate.ItemIndex], candidate.Source)));
    }

    [Fact]
    public void Recommend_UserOfATaste_GetsTheNewItemThatReadsLikeIt()
    {
        var state = Shop();
        state.Apply(New(100, "Brass lamp", addedAt: 1));
        state.Apply(New(101, "Oak chair", addedAt: 2));
        state.Apply(New(102, "Rug", addedAt: 3));

        Act(state, "l", itemKey: 1);
        Act(state, "c", itemKey: 30);

        Assert.Equal(("i100", "new"), Last(state, "l"));
        Assert.Equal(("i101", "new"), Last(state, "c"));
        Assert.Equal(("i102", "new"), Last(state, "nobody"));
    }

    [Fact]
    public void Recommend_HistoryOfNewItemsOnly_IsReadFromTheirContent()
    {
        var state = Shop();
        state.Apply(New(100, "Brass lamp", addedAt: 1));
        state.Apply(New(101, "Oak chair", addedAt: 2));
        state.Apply(New(102, "Steel lamp", addedAt: 0));

        Act(state, "u", itemKey: 100, kind: "purchase");

        Assert.Equal(("i102", "new"), Last(state, "u"));
    }

    [Fact]
    public void Recommend_NothingReadsLikeTheHistory_WhatSellsComesBeforeTheNewest()
    {
        var state = Shop();
        state.Apply(New(100, "Rug", addedAt: 1));
        state.Apply(New(101, "Vase", addedAt: 2));
        Act(state, "buyer", itemKey: 100, kind: "purchase");

        Assert.Equal(("i100", "new"), Last(state, "nobody"));
    }

    /// <summary>The order is exact however many users there are: an item of 1,000 comes before one of 600, and both before a newer one of 10.</summary>
    [Fact]
    public void Recommend_NewItemsOfManyUsers_AreInTheOrderOfTheirUsers()
    {
        var state = Shop();
        foreach (var (key, users, addedAt) in new[] { (100, 1000, 0), (101, 600, 9), (102, 10, 20), (103, 10, 19) })
        {
            state.Apply(New(key, "Rug", addedAt));
            state.Apply([.. Enumerable.Range(0, users).Select(user => new ServedInteraction(10_000 + user, $"buyer{user}", key, $"i{key}", 0, 0, 1))]);
        }

        var list = state.Recommend("nobody", 40).Where(candidate => candidate.Source == "new").ToList();

        Assert.Equal(["i100", "i101", "i102", "i103"], list.Select(candidate => state.Items[candidate.ItemIndex]));
        Assert.All(list, candidate => Assert.InRange(candidate.Score, -1, 0));
        Assert.Equal(list.OrderByDescending(candidate => candidate.Score), list);
    }

    [Fact]
    public void Recommend_NewItemTakenAway_IsGoneAtOnceAndBackWhenItReturns()
    {
        var state = Shop();
        state.Apply(New(100, "Rug", addedAt: 1));
        Assert.Equal(("i100", "new"), Last(state, "nobody"));

        foreach (var (gone, revision) in new[] { (Record(1, revision: 2) with { Available = false }, 2), (Record(1, revision: 3) with { Hidden = true }, 3), (Record(1, revision: 4) with { Deleted = true }, 4) })
        {
            state.Apply(new ServedItem(100, "i100", gone));
            Assert.DoesNotContain(state.Recommend("nobody", 200), candidate => state.Items[candidate.ItemIndex] == "i100");
            Assert.Equal(revision, state.Catalogue.Columns.RevisionOf(state.Items.TryGetIndex("i100", out var index) ? index : -1));
        }

        state.Apply(New(100, "Rug", addedAt: 1, revision: 5));
        Assert.Equal(("i100", "new"), Last(state, "nobody"));
    }

    [Fact]
    public void Recommend_MoreNewItemsThanAreKept_TheNewestAreAndPopularityKnowsTheOthers()
    {
        var state = Shop();
        for (var item = 0; item < NewItems.MostItems + 10; item++)
            state.Apply(New(100 + item, "Rug", addedAt: item));

        Assert.Equal(($"i{100 + NewItems.MostItems + 9}", "new"), Last(state, "nobody"));
        Assert.Contains(state.Recommend("nobody", Trained + NewItems.MostItems + 10), candidate => state.Items[candidate.ItemIndex] == "i100" && candidate.Source == "catalogue");
    }

    [Fact]
    public void SimilarItems_OfANewItem_AreWhatItReadsLike()
    {
        var state = Shop();
        state.Apply(New(100, "Brass lamp", addedAt: 1));

        Assert.True(state.TryGetSimilarItems("i100", 10, out var similar));

        Assert.Equal(10, similar.Count);
        Assert.All(similar, candidate => Assert.True(candidate.ItemIndex < 20 && candidate.Source == "content"));
    }

    [Fact]
    public void VectorOf_ItemOfTheCatalogue_IsItsRowAlsoAfterStoring()
    {
        var model = Content();
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        var read = Assert.IsType<ContentModel>(ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats));

        for (var item = 0; item < Trained; item++)
        {
            var vector = read.VectorOf(ContentOf(item));
            Assert.Equal(model.ItemTerms.RowColumns(item), vector.Terms);
            Assert.Equal(model.ItemTerms.RowValues(item), vector.Weights);
        }

        Assert.Empty(read.VectorOf(new ItemContent { Title = "Quux" }).Terms);
    }

    private static (string ItemId, string Source) Last(ServingState state, string userId)
    {
        var last = state.Recommend(userId, 10)[^1];
        return (state.Items[last.ItemIndex], last.Source);
    }

    private static void Act(ServingState state, string userId, int itemKey, string kind = "view")
    {
        Assert.True(InteractionKinds.Default.TryGetIndex(kind, out var kindIndex));
        state.Apply([new ServedInteraction(1000 + userId[0], userId, itemKey, $"i{itemKey}", kindIndex, 0, 1)]);
        Assert.True(state.Users.TryGetIndex(userId, out _));
    }

    private static ServedItem New(int key, string title, long addedAt, long revision = 1) => new(key, $"i{key}", Record(addedAt, revision), new ItemContent { Title = title });

    private static CatalogueItem Record(long addedAt, long revision) =>
        new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = revision, AddedAt = addedAt };

    private static ItemContent ContentOf(int item) => new() { Title = $"{(item % 2 == 0 ? "Brass" : "Steel")} {(item < 20 ? "lamp" : "oak chair")}", Price = item };

    private static ContentModel Content() => (ContentModel)new ContentTrainer(new ContentOptions { MaxItemShare = 1 }).Train(Histories(), new TrainingContext());

    private static InteractionDataset Histories()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < Trained; item++)
        {
            builder.AddItem(item + 1);
            builder.AddContent(item + 1, ContentOf(item));
        }

        return builder.Build();
    }

    private static ServingState Shop()
    {
        var keys = KeyMap.FromAscending([.. Enumerable.Range(1, Trained)]);
        return new ServingState(
            [new ServedModel("popularity", 1, new PopularityModel(KeyMap.Empty, keys, [.. Enumerable.Range(0, Trained).Select(item => 1f + item)]), ModelRoles.Recommender), new ServedModel("content", 2, Content(), ModelRoles.ColdStart | ModelRoles.Similarity)],
            [], CatalogueBuilder.Of(keys.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record(0, revision: 1)))), Histories(), new ServingOptions { NewItemShare = 0.1 });
    }
}
