using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Tests.Evaluation;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>A model that declares that it needs single interactions gets them: from training data, from live writes, in sessions.</summary>
public sealed class UserEventsTests
{
    private static readonly InteractionKinds Kinds = InteractionKinds.Default;

    [Fact]
    public void HistoryOf_ADataset_HasEveryEventInOrder()
    {
        var events = Datasets.Of((1, 10, Datasets.Purchase, 0, 30), (1, 11, Datasets.View, 0, 20), (1, 10, Datasets.View, 0, 10), (1, 11, Datasets.Rating, 4, 40)).HistoryOf(0).Events;

        Assert.Equal([0, 1, 0, 1], events.Items.ToArray());
        Assert.Equal([Datasets.View, Datasets.View, Datasets.Purchase, Datasets.Rating], events.KindIndexes.ToArray());
        Assert.Equal([10L, 20, 30, 40], events.Times.ToArray());
        Assert.Equal([0f, 0, 0, 4], events.Values.ToArray());
    }

    [Fact]
    public void Events_ColumnsOfDifferentLength_Throw() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserEvents([1, 2], [1, 2], [0, 0], [1]));

    [Fact]
    public void Recommend_ModelOfRepeats_SeesWritesAndSessionsAtOnce()
    {
        var state = State(new RepeatCounter());
        Assert.Equal(["b", "a"], Ids(state.Recommend("u", 2, now: 0), state));

        // One purchase more than of b.
        Write(state, "a", "purchase", 5000);
        Write(state, "a", "purchase", 6000);
        Assert.Equal(["a", "b"], Ids(state.Recommend("u", 2, now: 0), state));

        Write(state, "a", "return", 7000);
        Assert.Equal(2, state.History[0].Events.Items.Count(0));
        Assert.DoesNotContain(Kind("return"), state.History[0].Events.KindIndexes.ToArray());

        var session = new RecommendationQuery(2)
        {
            Events = [new SessionInteraction("b", Datasets.View, 0, 1), new SessionInteraction("a", Datasets.View, 0, 2), new SessionInteraction("a", Datasets.View, 0, 3)],
            IncludeContext = true,
        };
        Assert.Equal(["a", "b"], Ids(state.Recommend(session), state));
    }

    [Fact]
    public void State_WithoutAModelOrAPlacementThatNeedsThem_KeepsNoEventsOfWrites()
    {
        var scorer = new FixedScorer(KeyMap.FromAscending([10]), KeyMap.FromAscending([1, 2]), (_, item) => item);
        var withBuyAgain = State(scorer);
        Write(withBuyAgain, "a", "purchase", 5000);
        Assert.Equal(4, withBuyAgain.History[0].Events.Count);

        var state = State(scorer, [.. Placement.BuiltIn(0).Where(placement => placement.Name != "buy-again")]);

        Write(state, "a", "purchase", 5000);

        Assert.Equal(2, state.History[0].Items.Length);
        Assert.Equal(0, state.History[0].Events.Count);
    }

    [Fact]
    public void Add_MoreEventsThanTheLimit_KeepsTheNewest()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 0)), limit: 5, needs: HistoryNeeds.Order);

        history.Add(0, [.. Enumerable.Range(1, 20).Select(time => new LiveInteraction(0, Datasets.View, 0, time))], []);

        Assert.Equal([16L, 17, 18, 19, 20], history[0].Events.Times.ToArray());
    }

    [Theory]
    [InlineData(1f, HistoryNeeds.None)]
    [InlineData(0.5f, HistoryNeeds.Times)]
    public void Needs_ItemWeights_NamesTimesWhereOlderItemsCountLess(float decay, HistoryNeeds expected)
    {
        var keys = KeyMap.FromAscending([1]);

        Assert.Equal(expected, new ItemWeightsModel(keys, keys, SparseMatrix.FromRows(1, [0], [], []), new HistoryWeighting(HistoryScale.Binary, decay)).Needs());
    }

    [Fact]
    public void Needs_Factors_AreThoseOfTheirFoldIn()
    {
        var keys = KeyMap.FromAscending([1]);
        var factors = new FactorModel(keys, keys, new FactorMatrix(1, 1), new FactorMatrix(1, 1));

        Assert.Equal(HistoryNeeds.None, factors.Needs());
        Assert.Equal(HistoryNeeds.Ratings, new FactorModel(keys, keys, new FactorMatrix(1, 1), new FactorMatrix(1, 1), foldIn: RecoService.Engine.Algorithms.FoldIns.OfRatings(0.5f)).Needs());
    }

    private static byte Kind(string name) => Kinds.TryGetIndex(name, out var index) ? index : throw new ArgumentException(name, nameof(name));

    /// <summary>User u has bought b once and viewed a once; nothing consumes.</summary>
    private static ServingState State(IScorer model, IReadOnlyList<Placement>? placements = null)
    {
        var kinds = new InteractionKinds([.. Enumerable.Range(0, Kinds.Count).Select(index => Kinds[index] with { Consumes = false })]);
        var builder = new InteractionDatasetBuilder(kinds);
        builder.Add(10, 1, Datasets.View, 0, 1000);
        builder.Add(10, 2, Kind("purchase"), 0, 2000);
        builder.Add(10, 2, Kind("purchase"), 0, 3000);
        var item = new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null);
        return new ServingState(
            [new ServedModel("repeats", 1, model, ModelRoles.Recommender)], [(10, "u")], CatalogueBuilder.Of([new ServedItem(1, "a", item), new ServedItem(2, "b", item)]), builder.Build(), new ServingOptions { Placements = placements });
    }

    private static void Write(ServingState state, string item, string kind, long time) => state.Apply([new ServedInteraction(10, "u", item == "a" ? 1 : 2, item, Kind(kind), 0, time)]);

    private static List<string> Ids(List<Candidate> candidates, ServingState state) => candidates.ConvertAll(candidate => state.Items[candidate.ItemIndex]);

    /// <summary>Scores an item by how often the user met it, which sums of weights cannot tell.</summary>
    private sealed class RepeatCounter : IHistoryReader
    {
        public KeyMap Users { get; init; } = KeyMap.FromAscending([10]);

        public KeyMap Items { get; init; } = KeyMap.FromAscending([1, 2]);

        public HistoryNeeds Needs => HistoryNeeds.Repeats;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
        {
            for (var position = 0; position < itemIndexes.Length; position++)
                scores[position] = user.Events.Items.Count(itemIndexes[position]);
        }

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
        {
            for (var item = 0; item < Items.Count; item++)
            {
                if (!Bits.IsSet(blocked, item))
                    best.Offer(item, user.Events.Items.Count(item));
            }
        }

        public bool IsSound() => true;

        public IScorer Rebase(KeyMap users, KeyMap items) => new RepeatCounter { Users = users, Items = items };
    }
}
