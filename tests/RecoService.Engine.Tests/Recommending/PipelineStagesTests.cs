using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Tests.Composition;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>A composed model is laid out as stages of the pipeline; its lists are those that it makes itself, behind one retriever.</summary>
public sealed class PipelineStagesTests
{
    public static TheoryData<bool, int> Cases => new() { { true, 1 }, { true, 10 }, { true, 55 }, { false, 1 }, { false, 10 }, { false, 55 } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Recommend_Stages_GiveWhatTheModelAloneGives(bool isHybrid, int limit)
    {
        var data = Samples.Data("random");
        IScorer model = isHybrid ? Samples.Hybrid(data) : Samples.TwoStage(data);
        var (stages, whole) = (State(model, data, newItemShare: 0.2), State(new Opaque(model), data, newItemShare: 0.2));
        foreach (var state in new[] { stages, whole })
            Live(state);
        string[] users = [.. Enumerable.Range(0, data.Users.Count).Select(user => $"u{user}"), "late", "nobody"];

        foreach (var user in users)
            Assert.Equal(whole.Recommend(user, limit), Unmarked(stages.Recommend(user, limit)));
        SessionInteraction[] visit = [new("i4", Datasets.View, 0, 5), new("i9", Datasets.Purchase, 0, 6), new("unheard of", Datasets.View, 0, 7)];
        Assert.Equal(whole.RecommendSession(visit, limit), Unmarked(stages.RecommendSession(visit, limit)));

        // What the whole does inside, nobody sees.
        IEnumerable<Candidate> Unmarked(List<Candidate> list) => list.Select(candidate => candidate.Source == "model" ? candidate with { IsFallback = false } : candidate);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void RecommendMany_Stages_GiveTheListsOfRecommend(bool isHybrid, int limit)
    {
        var data = Samples.Data("random");
        var state = State(isHybrid ? Samples.Hybrid(data) : Samples.TwoStage(data), data, newItemShare: 0.2);
        Live(state);
        int[] users = [.. Enumerable.Range(0, state.Users.Count), -1, 3];

        var lists = state.RecommendMany(users, limit);

        for (var position = 0; position < users.Length; position++)
            Assert.Equal(state.Recommend(users[position] < 0 ? "nobody" : state.Users[users[position]], limit), lists[position]);
    }

    /// <summary>Blended, then the model's own fallback, then another model, then the catalogue; everything of the composed model is named after it.</summary>
    [Fact]
    public void Recommend_ListLongerThanTheBlend_GoesOnStageByStage()
    {
        var data = Datasets.OfPurchases((1, 0), (1, 1), (2, 2), (2, 3), (3, 4), (3, 5));
        var (users, items) = (data.Users, data.Items);
        var model = new ComposedModel(
            [new ModelPart("items", new ItemWeightsModel(users, items, SparseMatrix.FromEntries(6, 6, [1, 1], [2, 3], [2, 4]), default))],
            [new ModelPart("popularity", new PopularityModel(users, items, [9, 9, 9, 9, 3, float.NaN]))], new WeightedBlend([1]), depth: 10);
        var state = new ServingState(
            [new ServedModel("hybrid", 1, model, ModelRoles.Recommender)], [(1, "u1"), (2, "u2"), (3, "u3")],
            CatalogueBuilder.Of(items.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record(null)))), data, new ServingOptions());

        var list = state.Recommend("u1", 10);

        Assert.Equal(["i3", "i2", "i4", "i5"], list.Select(entry => state.Items[entry.ItemIndex]));
        Assert.Equal(["hybrid", "hybrid", "hybrid", "catalogue"], list.Select(entry => entry.Source));
        Assert.Equal([1, 0.5f, -1 + 0.5f + (0.5f * 3 / 4)], list.Take(3).Select(entry => entry.Score));
        Assert.Equal([false, false, true, true], list.Select(entry => entry.IsFallback));
    }

    [Fact]
    public void Constructor_ModelsThatShareAPart_GoOnSharingIt()
    {
        var data = Samples.Data("random");
        var content = Samples.Part("item-knn", data);
        // Over other keys, so that the part has to be laid over those of the state.
        var alone = content.Model.Rebase(KeyMap.FromAscending([.. data.Users.Keys, 100]), data.Items);
        var hybrid = new ComposedModel([new ModelPart("item-knn", alone)], [], new WeightedBlend([1]), depth: 5);

        var state = new ServingState(
            [new ServedModel("hybrid", 1, hybrid, ModelRoles.Recommender), new ServedModel("item-knn", 2, alone, ModelRoles.Fallback | ModelRoles.Similarity)],
            UsersOf(data), ItemsOf(data), data, new ServingOptions());

        Assert.NotSame(alone, state.Models[1].Model);
        Assert.Same(state.Models[1].Model, ((ComposedModel)state.Models[0].Model).Parts[0]);
    }

    [Fact]
    public void TryGetSimilarUsers_PartKnowsThem_IsNamedAfterTheWhole()
    {
        var data = Samples.Data("checkerboard");
        var state = State(Samples.Hybrid(data), data, newItemShare: 0);

        Assert.True(state.TryGetSimilarUsers("u4", 3, out var similar));

        Assert.Equal(3, similar.Count);
        Assert.All(similar, user => Assert.Equal(("model", 0), (user.Source, user.UserIndex % 2)));
    }

    [Fact]
    public void TryGetSimilarItems_FirstPartThatKnowsTheItem_Answers()
    {
        var data = Samples.Data("checkerboard");
        var state = State(Samples.Hybrid(data), data, newItemShare: 0);
        var alone = State(Samples.Part("item-knn", data).Model, data, newItemShare: 0);

        Assert.True(state.TryGetSimilarItems("i4", 5, out var similar));
        Assert.True(alone.TryGetSimilarItems("i4", 5, out var expected));

        Assert.NotEmpty(similar);
        Assert.Equal(expected, similar);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recommend_Warm_AllocatesTheListAlone(bool isHybrid)
    {
        var data = Samples.Data("random");
        var state = State(isHybrid ? Samples.Hybrid(data, "rp3beta", "popularity") : Samples.TwoStage(data), data, newItemShare: 0);
        var alone = State(Samples.Part("popularity", data).Model, data, newItemShare: 0);

        Assert.InRange(LeastAllocated(state), 1, LeastAllocated(alone));

        static long LeastAllocated(ServingState state) => Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var user = 0; user < 30; user++)
                state.Recommend($"u{user}", 10);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private static ServingState State(IScorer model, InteractionDataset data, double newItemShare) => new(
        [
            new ServedModel("model", 1, model, ModelRoles.Recommender | ModelRoles.Similarity),
            new ServedModel("popularity", 2, Samples.Part("popularity", data).Model, ModelRoles.Fallback),
        ],
        UsersOf(data), ItemsOf(data), data, new ServingOptions { NewItemShare = newItemShare });

    private static List<(int Key, string UserId)> UsersOf(InteractionDataset data) => [.. data.Users.Keys.ToArray().Select(key => (key, $"u{key}"))];

    private static CatalogueBuilder ItemsOf(InteractionDataset data) => CatalogueBuilder.Of(data.Items.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record(null))));

    /// <summary>Somebody new, something new, something gone, and variants of a few articles.</summary>
    private static void Live(ServingState state)
    {
        state.Apply([new ServedInteraction(100, "late", 4, "i4", Datasets.View, 0, 99), new ServedInteraction(3, "u3", 7, "i7", Datasets.Purchase, 0, 99)]);
        foreach (var key in new[] { 200, 201, 202 })
            state.Apply(new ServedItem(key, $"i{key}", Record(null)));
        state.Apply(new ServedItem(8, "i8", Record(null) with { Hidden = true }));
        for (var item = 10; item < 40; item++)
            state.Apply(new ServedItem(item, $"i{item}", Record($"g{item % 5}")));
    }

    private static CatalogueItem Record(string? groupId) => new(Listed: true, Available: true, Hidden: false, Deleted: false, groupId) { Revision = 1 };

    /// <summary>A model of which nothing can be seen but that it scores and retrieves.</summary>
    private sealed class Opaque(IScorer model) : IScorer
    {
        public KeyMap Users => model.Users;

        public KeyMap Items => model.Items;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => model.Score(user, itemIndexes, scores);

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best) => model.Retrieve(user, blocked, best);

        public bool IsSound() => model.IsSound();

        public IScorer Rebase(KeyMap users, KeyMap items) => new Opaque(model.Rebase(users, items));
    }
}
