using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Tests.Algorithms.ColdStart;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>A shop of two tastes, and items and users that it has no interactions of.</summary>
public sealed class ColdStartTests
{
    private static readonly InteractionDataset Histories = Tastes.Dataset();

    /// <summary>The recommender alone places them; there is no model of contents.</summary>
    [Fact]
    public void Recommend_NewItem_IsInTheListsOfUsersOfItsTaste()
    {
        var state = Shop("implicit-als");
        state.Apply(New(101, Tastes.Lamp));
        state.Apply(New(102, Tastes.Chair));

        Assert.Equal(("i101", "new"), Last(state, new RecommendationQuery(10) { UserId = "u2" }));
        Assert.Equal(("i102", "new"), Last(state, new RecommendationQuery(10) { UserId = "u1" }));
        // A visitor's session tells their taste, too.
        Assert.Equal(("i102", "new"), Last(state, new RecommendationQuery(10) { Events = [new SessionInteraction("i33", Datasets.Purchase, 0, 1)] }));
    }

    [Fact]
    public void Recommend_ItemThatNobodyHasTouched_IsInTheListsOfUsersOfItsTaste()
    {
        var state = Shop("implicit-als");

        Assert.Equal(($"i{Tastes.ColdLamp}", "cold-start"), Last(state, new RecommendationQuery(10) { UserId = "u2" }));
        Assert.Equal(($"i{Tastes.ColdChair}", "cold-start"), Last(state, new RecommendationQuery(10) { UserId = "u1" }));
        // Of somebody of whom nothing is known they are not new in the shop.
        Assert.NotEqual("cold-start", Last(state, new RecommendationQuery(10)).Source);
        Assert.Equal(ReasonCode.Content, ReasonOfLast(state, new RecommendationQuery(10) { UserId = "u1" }));
    }

    [Fact]
    public void Recommend_NewItemTakenAway_IsGone()
    {
        var state = Shop("implicit-als");
        state.Apply(New(101, Tastes.Lamp));
        state.Apply(new ServedItem(101, "i101", Record(revision: 2) with { Hidden = true }));

        Assert.NotEqual("i101", Last(state, new RecommendationQuery(10) { UserId = "u2" }).ItemId);
    }

    [Theory]
    [InlineData("implicit-als", "attributes")]
    [InlineData("ease", "popular-in-group")]
    [InlineData("popularity", "popular-in-group")]
    public void Recommend_NewUserWithAttributes_GetsWhatSuitsThem(string recommender, string source)
    {
        var state = Shop(recommender);

        foreach (var (content, isRight) in new (UserContent, Func<int, bool>)[] { (Tastes.Young, key => key <= 20), (Tastes.Old, key => key > 20) })
        {
            var query = new RecommendationQuery(8) { UserId = "nobody", UserContent = content };
            var list = state.Recommend(query);
            Assert.Equal(8, list.Count);
            Assert.All(list, candidate => Assert.Equal((source, true), (candidate.Source, isRight(state.Items.KeyOf(candidate.ItemIndex)))));
            Assert.Equal(source == "attributes" ? ReasonCode.Attributes : ReasonCode.PopularInGroup, ReasonOfLast(state, query));
        }
    }

    /// <summary>What the shop says of a user counts without a word of the request, in lists in bulk too, and until it is taken back.</summary>
    [Theory]
    [InlineData("implicit-als")]
    [InlineData("popularity")]
    public void Recommend_UserWithARecord_GetsWhatSuitsTheirAttributes(string recommender)
    {
        var state = Shop(recommender);
        state.Apply(new ServedUser(901, "young", 1, [ItemAttribute.Of("taste", "bright"), ItemAttribute.Of("age", 20.0)]));
        state.Apply(new ServedUser(902, "old", 1, [ItemAttribute.Of("taste", "cosy"), ItemAttribute.Of("age", 70.0)]));

        foreach (var (userId, content) in new[] { ("young", Tastes.Young), ("old", Tastes.Old) })
        {
            Assert.True(state.Users.TryGetIndex(userId, out var index));
            var list = state.Recommend(userId, 8);
            Assert.Equal(state.Recommend(new RecommendationQuery(8) { UserId = "nobody", UserContent = content }), list);
            Assert.Equal(list, state.RecommendMany([-1, index, 0], 8)[1]);
        }

        state.Apply(new ServedUser(901, "young", 2, []));
        Assert.Equal(state.Recommend("nobody", 8), state.Recommend("young", 8));
        state.EraseUser(902);
        Assert.Equal(state.Recommend("nobody", 8), state.Recommend("old", 8));
    }

    [Fact]
    public void Recommend_UserOfAHistory_IsNotAskedForTheirAttributes()
    {
        var state = Shop("implicit-als");

        Assert.Equal(state.Recommend(new RecommendationQuery(8) { UserId = "u2" }), state.Recommend(new RecommendationQuery(8) { UserId = "u2", UserContent = Tastes.Old }));
        SessionInteraction[] session = [new("i3", Datasets.Purchase, 0, 1)];
        Assert.Equal(
            state.Recommend(new RecommendationQuery(8) { Events = session }), state.Recommend(new RecommendationQuery(8) { Events = session, UserContent = Tastes.Old }));
    }

    /// <summary>What arrived later says nothing to the recommender.</summary>
    [Fact]
    public void Recommend_HistoryOfNewItemsAlone_GoesByAttributes()
    {
        var state = Shop("implicit-als");
        state.Apply(New(101, new ItemContent { Title = "Quux" }));

        var list = state.Recommend(new RecommendationQuery(8) { Events = [new SessionInteraction("i101", Datasets.Purchase, 0, 1)], UserContent = Tastes.Old });

        Assert.All(list, candidate => Assert.Equal("attributes", candidate.Source));
    }

    [Theory]
    [InlineData("implicit-als")]
    [InlineData("popularity")]
    public void Recommend_NothingKnownOfTheUser_IsPopular(string recommender)
    {
        var state = Shop(recommender);

        var popular = state.Recommend(new RecommendationQuery(8) { UserId = "nobody" });

        Assert.All(popular, candidate => Assert.Equal("popularity", candidate.Source));
        foreach (var content in new[] { new UserContent(), new UserContent { Attributes = ["unheard=of"] } })
            Assert.Equal(popular, state.Recommend(new RecommendationQuery(8) { UserId = "nobody", UserContent = content }));
    }

    [Fact]
    public void Rank_NewUserWithAttributes_OrdersByThem()
    {
        var state = Shop("implicit-als");

        var ranked = state.Recommend(new RecommendationQuery(1) { Placement = Placement.RankName, UserContent = Tastes.Old, ItemIds = ["i1", "i21", "i2", "i22"] });

        Assert.Equal(["i21", "i22"], ranked.Take(2).Select(candidate => state.Items[candidate.ItemIndex]).Order(StringComparer.Ordinal));
    }

    /// <summary>A shop of very many items that nobody has touched keeps the newest of them.</summary>
    [Fact]
    public void NewItems_Begin_KeepsTheNewestAsOneAfterTheOtherDoes()
    {
        var records = Enumerable.Range(0, 1_200).Select(item => (item, Key: 100 + item, AddedAt: (long)(item * 7 % 1_200), (ItemContent?)null)).ToList();
        var (atOnce, oneByOne) = (new Engine.Recommending.Retrieval.NewItems(50, null), new Engine.Recommending.Retrieval.NewItems(50, null));

        atOnce.Begin(records);
        foreach (var (item, key, addedAt, words) in records)
            oneByOne.Put(item, key, isInCatalogue: true, addedAt, words);

        Assert.Equal(Offered(oneByOne), Offered(atOnce));

        static int[] Offered(Engine.Recommending.Retrieval.NewItems items)
        {
            var best = new Engine.Numerics.TopK(1_200);
            items.Collect(new UserHistory(-1), new int[1_200], [], best);
            var (indexes, scores) = (new int[1_200], new float[1_200]);
            return indexes[..best.Drain(indexes, scores)];
        }
    }

    private static ReasonCode ReasonOfLast(ServingState state, RecommendationQuery query) => state.Explain(query, state.Recommend(query))[^1].Reason.Code;

    private static (string ItemId, string Source) Last(ServingState state, RecommendationQuery query)
    {
        var last = state.Recommend(query)[^1];
        return (state.Items[last.ItemIndex], last.Source);
    }

    private static ServedItem New(int key, ItemContent content) => new(key, $"i{key}", Record(), content);

    private static CatalogueItem Record(long revision = 1) => new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = revision };

    private static ServingState Shop(string recommender)
    {
        var models = new List<ServedModel> { new(recommender, 1, Train(recommender), ModelRoles.Recommender) };
        if (recommender != "popularity")
            models.Add(new ServedModel("popularity", 2, Train("popularity"), ModelRoles.Fallback));
        return new ServingState(
            models, [.. Histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of(Histories.Items.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record()))), Histories, new ServingOptions { NewItemShare = 0.1 });
    }

    private static IScorer Train(string name)
    {
        var registry = BuiltInTrainers.Registry;
        return registry.Create(name, registry.Deserialize(name, name == "implicit-als" ? """{"factors":8}""" : "{}")).Train(Histories, new TrainingContext());
    }
}
