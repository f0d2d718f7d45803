using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reasons;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Tests.Composition;
using RecoService.Engine.Tests.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reasons;

public sealed class ExplanationsTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1, 2]);
    private static readonly KeyMap Items = KeyMap.FromAscending([0, 1, 2, 3, 4, 5, 6]);
    private static readonly CoPurchases NoPurchases = new(Datasets.Empty);

    [Fact]
    public void Of_ItemToItemModel_NamesTheThreeThatAddMost()
    {
        // To the score of item 6: 1, 4, 2, -8, 1, 0.
        var model = new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(7, 7, [0, 1, 2, 3, 4], [6, 6, 6, 6, 6], [1, 4, 2, -8, 1]), default);
        var context = RerankerShop.User(0, (0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1));

        var reason = Assert.Single(new Explanations([Served("item-knn", model)], NoPurchases).Of(context, [new Candidate(6, 0, "item-knn")]));

        // Of 8 that speak for it; of 0 and 4 the earlier.
        Assert.Equal(ReasonCode.History, reason.Code);
        Assert.Equal([new ReasonItem(1, 0.5f), new ReasonItem(2, 0.25f), new ReasonItem(0, 0.125f)], reason.Items);
    }

    [Fact]
    public void Of_HistoryThatSaysNothingForIt_NamesNoItem()
    {
        var model = new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(7, 7, [0], [6], [-1]), default);
        var explanations = new Explanations([Served("item-knn", model)], NoPurchases);

        Assert.Empty(Assert.Single(explanations.Of(RerankerShop.User(0, (0, 1), (1, 1)), [new Candidate(6, 0, "item-knn")])).Items);
        Assert.Empty(Assert.Single(explanations.Of(RerankerShop.User(-1), [new Candidate(6, 0, "item-knn")])).Items);
        Assert.Empty(explanations.Of(RerankerShop.User(-1), []));
    }

    [Fact]
    public void Of_ItemsThatArrivedLater_AreLeftAsideOrNew()
    {
        var model = new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(7, 7, [0], [6], [1]), default);
        var reasons = new Explanations([Served("item-knn", model)], NoPurchases)
            .Of(RerankerShop.User(9, (0, 1), (20, 1)), [new Candidate(6, 0, "item-knn"), new Candidate(21, 0, "item-knn")]);

        Assert.Equal([new ReasonItem(0, 1)], reasons[0].Items);
        Assert.Equal((ReasonCode.New, 0), (reasons[1].Code, reasons[1].Items.Count));
    }

    [Fact]
    public void Of_SeveralSources_HaveTheirCodesInTheOrderOfTheList()
    {
        var model = new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(7, 7, [0], [6], [1]), default);
        var explanations = new Explanations([Served("item-knn", model), Served("popularity", new PopularityModel(Users, Items, new float[7])), Served("silent", new Silent())], NoPurchases);
        string[] sources = ["catalogue", "item-knn", "popularity", "silent", "trending", "new", "new-arrivals", "recently-viewed", "item-knn", "unheard of", "buy-again"];

        var reasons = explanations.Of(RerankerShop.User(0, (0, 1)), [.. sources.Select(source => new Candidate(6, 0, source))]);

        Assert.Equal(
            [
                ReasonCode.Popular, ReasonCode.History, ReasonCode.Popular, ReasonCode.History, ReasonCode.Trending, ReasonCode.New, ReasonCode.New, ReasonCode.Recent, ReasonCode.History,
                ReasonCode.History, ReasonCode.BuyAgain,
            ],
            reasons.Select(reason => reason.Code));
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1], reasons.Select(reason => reason.Items.Count));
        Assert.Equal(new ReasonItem(6, 1), reasons[7].Items[0]);
    }

    private static PopularityModel NoGroups { get; } = new(KeyMap.Empty, KeyMap.Empty, []);

    /// <summary>What a retriever is called and what its items are explained by do not drift apart.</summary>
    [Fact]
    public void CodeOf_RetrieversOfThisLibrary_AreTheirs()
    {
        var catalogue = RerankerShop.Catalogue();
        (IRetriever, ReasonCode)[] expected =
        [
            (new CatalogueRetriever(catalogue), ReasonCode.Popular), (new TrendingRetriever(new ItemDemand(Datasets.Empty)), ReasonCode.Trending),
            (new NewItemRetriever(new NewItems(0, null), catalogue), ReasonCode.New), (new NewArrivalRetriever(catalogue), ReasonCode.New),
            (new RecentItemRetriever(), ReasonCode.Recent), (new BuyAgainRetriever(new RepurchaseRates(Datasets.Empty)), ReasonCode.BuyAgain), (new BoughtTogetherRetriever(NoPurchases), ReasonCode.BoughtTogether),
            (new ModelRetriever("a model", new Silent()), ReasonCode.History),
            (new AttributeRetriever(AttributeRetriever.ByFactors, NoGroups, _ => true), ReasonCode.Attributes),
            (new AttributeRetriever(AttributeRetriever.ByGroup, NoGroups, _ => true), ReasonCode.PopularInGroup),
        ];

        Assert.All(expected, pair => Assert.Equal(pair.Item2, Explanations.CodeOf(pair.Item1.Name)));
        Assert.Equal(ReasonCode.Content, Explanations.CodeOf(NewItems.UntouchedName));
        // Those of composed models have the model's name, what remembers has that of its source, and what is like an item is told by its placement.
        var known = typeof(IRetriever).Assembly.GetTypes().Where(type => type is { IsInterface: false } && typeof(IRetriever).IsAssignableFrom(type));
        Assert.Equal(known.Select(type => type.Name).Except(["RankedRetriever", "FallbackRetriever", "RememberingRetriever", "SimilarItemsRetriever"]).Order(), expected.Select(pair => pair.Item1.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void Of_BoughtTogether_NamesTheItemsOfTheRequest()
    {
        // Ten days with 0 and 2, five with 1 and 2, and none with 3 and 2.
        const long Day = 86_400_000;
        var data = Datasets.Of([
            .. Enumerable.Range(0, 10).SelectMany(day => new[] { (1, 0, Datasets.Purchase, 0f, day * Day), (1, 2, Datasets.Purchase, 0f, day * Day) }),
            .. Enumerable.Range(0, 5).SelectMany(day => new[] { (2, 1, Datasets.Purchase, 0f, day * Day), (2, 2, Datasets.Purchase, 0f, day * Day) }),
            (1, 3, Datasets.Purchase, 0f, 99 * Day)]);
        var purchases = new CoPurchases(data);
        var context = RerankerShop.User(-1).In(0, currentItems: [3, 1, 0]);

        var reason = Assert.Single(new Explanations([], purchases).Of(context, [new Candidate(2, 0, "bought-together")]));

        // n / sqrt(n 15) times n / (n + 10): 10 over sqrt 150 by a half, and 5 over sqrt 75 by a third.
        var (byFirst, bySecond) = (0.40825f, 0.19245f);
        Assert.Equal(ReasonCode.BoughtTogether, reason.Code);
        Assert.Equal([(0, MathF.Round(byFirst / (byFirst + bySecond), 3)), (1, MathF.Round(bySecond / (byFirst + bySecond), 3))], reason.Items.Select(item => (item.ItemIndex, MathF.Round(item.Share, 3))));
    }

    [Fact]
    public void Similar_Item_IsTheReason()
    {
        var reason = Reason.Similar(4);

        Assert.Equal(ReasonCode.Similar, reason.Code);
        Assert.Equal([new ReasonItem(4, 1)], reason.Items);
    }

    /// <summary>A list longer than what is explained at once, of a real model: each reason is that of the candidate alone.</summary>
    [Theory]
    [InlineData("item-knn")]
    [InlineData("implicit-als")]
    [InlineData("content")]
    public void Of_LongList_ExplainsEachCandidateAsIfAlone(string name)
    {
        var data = Samples.Data("random", isDescribed: true);
        var explanations = new Explanations([new ServedModel(name, 1, Samples.Part(name, data).Model, ModelRoles.Recommender)], NoPurchases);
        var context = new RequestContext(data.HistoryOf(Enumerable.Range(0, data.Users.Count).MaxBy(user => data.HistoryOf(user).Items.Length)), []);
        Candidate[] candidates = [.. Enumerable.Range(0, 60).Select(item => new Candidate(item, 0, item % 9 == 8 ? "catalogue" : name))];

        var reasons = explanations.Of(context, candidates);

        for (var position = 0; position < candidates.Length; position++)
        {
            var alone = Assert.Single(explanations.Of(context, [candidates[position]]));
            Assert.Equal(alone.Code, reasons[position].Code);
            Assert.Equal(alone.Items.Select(item => item.ItemIndex), reasons[position].Items.Select(item => item.ItemIndex));
            Assert.All(reasons[position].Items, item => Assert.InRange(item.Share, 1e-6f, 1.00001f));
            Assert.InRange(reasons[position].Items.Sum(item => item.Share), 0, 1.0001f);
        }

        Assert.True(reasons.Count(reason => reason.Items.Count > 0) > 20);
        Assert.Contains(reasons, reason => reason.Items.Count == Explanations.MostItems);
    }

    [Fact]
    public void Of_Blend_HasTheCodeOfThePartThatAddsMost()
    {
        var data = Samples.Data("checkerboard", isDescribed: true);
        var context = new RequestContext(data.HistoryOf(4), []);
        foreach (var (weights, expected) in new[] { (new[] { 0.9f, 0.1f, 0 }, ReasonCode.Content), ([0, 0.05f, 0.95f], ReasonCode.Popular), ([0.1f, 0.9f, 0], ReasonCode.History) })
        {
            var model = new Engine.Composition.ComposedModel(
                [Samples.Part("content", data), Samples.Part("implicit-als", data), Samples.Part("popularity", data)], [], new WeightedBlend(weights), Samples.Depth);

            var reason = Assert.Single(new Explanations([Served("hybrid", model)], NoPurchases).Of(context, [new Candidate(4, 0, "hybrid")]));

            Assert.Equal(expected, reason.Code);
            Assert.Equal(expected == ReasonCode.Popular ? 0 : 3, reason.Items.Count);
        }
    }

    private static ServedModel Served(string name, IScorer model) => new(name, 1, model, ModelRoles.Recommender);

    /// <summary>A model that knows nothing, and says nothing of why.</summary>
    private sealed class Silent : IScorer
    {
        public KeyMap Users => ExplanationsTests.Users;

        public KeyMap Items => ExplanationsTests.Items;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => scores.Fill(float.NaN);

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
        {
        }

        public bool IsSound() => true;

        public IScorer Rebase(KeyMap users, KeyMap items) => this;
    }
}
