using RecoService.Engine.Evaluation;
using RecoService.Engine.Recommending;

namespace RecoService.Lab.Placements;

/// <summary>How a placement is judged.</summary>
/// <param name="Placement">Its name.</param>
/// <param name="What">What is judged, in a few words.</param>
/// <param name="Unit">What a question is: baskets or users.</param>
/// <param name="Headline">By which list makers are compared.</param>
/// <param name="Beside">What the tables show beside it.</param>
internal sealed record PlacementProtocol(string Placement, string What, string Unit, RankingMetric Headline, IReadOnlyList<RankingMetric> Beside)
{
    public const string BuyAgainName = "buy-again";

    private const string LeftOut = "one item of each test basket is left out";

    /// <summary>What can be judged.</summary>
    public static IReadOnlyList<PlacementProtocol> All { get; } =
    [
        OfBaskets(Engine.Recommending.Placement.BoughtTogetherName, $"{LeftOut}, and asked for with another"),
        OfBaskets(Engine.Recommending.Placement.BasketName, $"{LeftOut}, and asked for with all others"),
        OfBaskets(Engine.Recommending.Placement.SimilarName, $"{LeftOut}, and asked for with another"),
        new(BuyAgainName, "what a user's first test basket holds again", "users", RankingMetric.Recall, [RankingMetric.Ndcg, RankingMetric.HitRate]),
        .. new[] { Engine.Recommending.Placement.HomeName, Engine.Recommending.Placement.PopularName, "trending", "new-arrivals", "recently-viewed" }
            .Select(name => new PlacementProtocol(name, "what a user's first test basket holds", "users", RankingMetric.HitRate, [RankingMetric.Recall, RankingMetric.Ndcg])),
    ];

    /// <summary>Why a built-in placement cannot be judged by purchases.</summary>
    public static IReadOnlyDictionary<string, string> Unjudged { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Engine.Recommending.Placement.RankName] = "it orders what a search has found, and purchases do not say what was searched for",
        ["on-sale"] = "it shows what has a sale price, and purchases hold no prices of their time",
    };

    /// <summary>Whether one item is left out of each basket; else a user's first test basket is looked for.</summary>
    public bool IsOfBaskets => Unit == "baskets";

    /// <summary>The questions that a test part asks.</summary>
    public PlacementQuestions QuestionsOf(IReadOnlyList<Basket> test, JudgedShop shop, int seed) => IsOfBaskets
        ? PlacementQuestions.LeaveOneOut(test, shop, Placement != Engine.Recommending.Placement.BasketName, seed)
        : PlacementQuestions.FirstBaskets(test, shop, Placement == BuyAgainName);

    /// <summary>The placement first, and what it is held against.</summary>
    /// <param name="shop">The training part.</param>
    /// <param name="state">With the recommender that the placement is judged with.</param>
    /// <param name="itemKnn">With <c>item-knn</c> as the recommender.</param>
    public IReadOnlyList<ListMaker> MakersOf(JudgedShop shop, ServingState state, ServingState itemKnn)
    {
        var popular = ListMaker.Of("popular", state, (question, query) => query with { Placement = Engine.Recommending.Placement.PopularName, Excluded = IdsOf(question) });
        var withItem = ListMaker.Of("bought-together", state, (question, query) => query with { Placement = Engine.Recommending.Placement.BoughtTogetherName, ItemId = shop.IdOf(question.Given[0]) });
        var ours = Placement switch
        {
            Engine.Recommending.Placement.BoughtTogetherName => withItem,
            Engine.Recommending.Placement.SimilarName => ListMaker.Of(Placement, state, (question, query) => query with { Placement = Placement, ItemId = shop.IdOf(question.Given[0]) }),
            Engine.Recommending.Placement.PopularName => popular,
            _ => ListMaker.Of(Placement, state, (question, query) => query with { Placement = Placement, UserId = question.UserId, ItemIds = IdsOf(question) }),
        };
        IEnumerable<ListMaker> others = Placement switch
        {
            Engine.Recommending.Placement.BoughtTogetherName =>
            [
                ListMaker.Of("bought-together, then popular", state, (question, query) => query with { Placement = Placement, ItemId = shop.IdOf(question.Given[0]), Fallback = ListFallback.Popular }),
                ListMaker.Of("item-knn, similar", itemKnn, (question, query) => query with { Placement = Engine.Recommending.Placement.SimilarName, ItemId = shop.IdOf(question.Given[0]) }),
                ListMaker.CoOccurrence(shop), popular,
            ],
            Engine.Recommending.Placement.SimilarName => [withItem, ListMaker.CoOccurrence(shop), popular],
            Engine.Recommending.Placement.BasketName =>
            [
                ListMaker.Of("bought-together alone", state, (question, query) => query with { Placement = JudgedShop.GoesWithName, ItemIds = IdsOf(question) }),
                ListMaker.Of("the personal list", state, (question, query) => query with { UserId = question.UserId, Excluded = IdsOf(question) }),
                ListMaker.Of("item-knn, of the basket", itemKnn, (question, query) => query with { Events = [.. question.Given.Select(item => new SessionInteraction(shop.IdOf(item), 0, 0, question.Time))], Excluded = IdsOf(question) }),
                ListMaker.CoOccurrence(shop), popular,
            ],
            BuyAgainName => [ListMaker.MostBought(shop), ListMaker.LastBought(shop)],
            Engine.Recommending.Placement.PopularName => [ListMaker.MostBought(shop), ListMaker.LastBought(shop)],
            _ => [popular, ListMaker.MostBought(shop), ListMaker.LastBought(shop)],
        };
        return [ours, .. others];

        IReadOnlyList<string> IdsOf(PlacementQuestion question) => Array.ConvertAll(question.Given, shop.IdOf);
    }

    private static PlacementProtocol OfBaskets(string placement, string what) => new(placement, what, "baskets", RankingMetric.HitRate, [RankingMetric.Mrr, RankingMetric.Coverage]);
}
