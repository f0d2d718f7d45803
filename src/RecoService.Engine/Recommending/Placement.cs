using System.Globalization;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Recommending;

/// <summary>A place of the shop that shows lists, and how its pipeline is made. Built with the serving state.</summary>
/// <param name="Name">As requests and impressions call it.</param>
/// <param name="Sources">Where its items come from, asked in this order until the list is full; at least one.</param>
public sealed record Placement(string Name, params IReadOnlyList<PlacementSource> Sources)
{
    /// <summary>The personal list, which requests get that name none.</summary>
    public const string HomeName = "home";

    /// <summary>What goes with the items of a basket.</summary>
    public const string BasketName = "basket";

    /// <summary>What was bought together with an item.</summary>
    public const string BoughtTogetherName = "bought-together";

    /// <summary>What is like an item.</summary>
    public const string SimilarName = "similar";

    /// <summary>What most users are for.</summary>
    public const string PopularName = "popular";

    /// <summary>The newest of the catalogue.</summary>
    public const string NewArrivalsName = "new-arrivals";

    /// <summary>The order of a search or category page.</summary>
    public const string RankName = "rank";

    /// <summary>The part of each list, 0..1, rounded down, that is kept for items that arrived after the recommender was trained.</summary>
    public double NewItemShare
    {
        get;
        init
        {
            field = value;
            // Made here once, because every impression has it.
            standardVersion = VersionOf(value);
        }
    }

    private readonly string standardVersion = VersionOf(0);

    /// <summary>Whether its lists hold what the user has consumed, too.</summary>
    public bool ShowsConsumed { get; init; }

    /// <summary>The model that makes the lists, by its name, among those that do; null, or where none has the name: all of them in their order.</summary>
    public string? Recommender { get; init; }

    /// <summary>The model that makes the lists, by its version, published or tried; null, or where it is not served: as <see cref="Recommender"/> says.</summary>
    public int? ModelVersion { get; init; }

    /// <summary>What the request has to name.</summary>
    public PlacementSubject Subject { get; init; }

    /// <summary>What items have to be, as a filter expression, whatever else a request wants of them; null: anything. A name that no item has is missing of every item.</summary>
    public string? Filter { get; init; }

    /// <summary>What becomes of a list that is shorter than its limit, where the request does not say.</summary>
    public ListFallback Fallback { get; init; }

    /// <summary>What changes the order of the candidates; by itself nothing.</summary>
    public ListOrder Order { get; init; } = new();

    /// <summary>The variant of an experiment that its lists belong to; null outside of one.</summary>
    public string? Variant { get; init; }

    /// <summary>What tells lists of one configuration from those of another, in the impressions.</summary>
    public string ConfigurationVersion
    {
        get => field ?? standardVersion;
        init;
    }

    private static string VersionOf(double newItemShare) => string.Create(CultureInfo.InvariantCulture, $"new-items={newItemShare:0.###}");

    /// <summary>Those that every shop has.</summary>
    /// <param name="newItemShare">Of the personal list.</param>
    public static IReadOnlyList<Placement> BuiltIn(double newItemShare) =>
    [
        new(HomeName, PlacementSource.Recommender, PlacementSource.Popular) { NewItemShare = newItemShare },
        new(SimilarName, PlacementSource.SimilarItems) { ShowsConsumed = true, Subject = PlacementSubject.Item },
        new(BoughtTogetherName, PlacementSource.BoughtTogether) { ShowsConsumed = true, Subject = PlacementSubject.Item },
        new(BasketName, PlacementSource.BoughtTogether, PlacementSource.Recommender, PlacementSource.Popular) { Subject = PlacementSubject.Items },
        new(RankName, PlacementSource.Recommender, PlacementSource.Popular) { Subject = PlacementSubject.GivenItems },
        new(PopularName, PlacementSource.Popular),
        new("trending", PlacementSource.Trending, PlacementSource.Popular),
        new(NewArrivalsName, PlacementSource.NewArrivals),
        new("recently-viewed", PlacementSource.RecentItems) { ShowsConsumed = true },
        new("buy-again", PlacementSource.BuyAgain) { ShowsConsumed = true },
        new("on-sale", PlacementSource.Recommender, PlacementSource.Popular) { Filter = "salePrice < price" },
    ];

    /// <summary>What a placement of these sources is about, unless it says otherwise.</summary>
    public static PlacementSubject SubjectOf(IReadOnlyCollection<PlacementSource> sources) =>
        sources.Contains(PlacementSource.SimilarItems) ? PlacementSubject.Item
        : sources.FirstOrDefault() == PlacementSource.BoughtTogether ? PlacementSubject.Items
        : PlacementSubject.User;
}

/// <summary>What changes the order of a list's candidates beside their scores.</summary>
public sealed record ListOrder
{
    /// <summary>By what expected value the candidates are ordered before anything else: <see cref="Prediction.ExpectedValueReranker"/>.</summary>
    public ListObjective Objective { get; init; }

    /// <summary>How much unlike one another the items are to be, 0..1: <see cref="Reranking.DiversityReranker"/>.</summary>
    public double Diversity { get; init; }

    /// <summary>How much newer items are preferred, 0..1: <see cref="Reranking.FreshnessReranker"/>.</summary>
    public double Freshness { get; init; }

    /// <summary>The age at which an item counts as half as new; above 0.</summary>
    public TimeSpan FreshnessHalfLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How much chance moves the items, 0..1: <see cref="Reranking.VarietyReranker"/>.</summary>
    public double Variety { get; init; }

    /// <summary>How much items in the user's own price band are preferred, 0..1: <see cref="Reranking.PriceAffinityReranker"/>.</summary>
    public double PriceAffinity { get; init; }

    /// <summary>How often an item is shown to a user who does nothing with it, until it steps back; null: as often as may be.</summary>
    public int? ShownLimit { get; init; }

    /// <summary>For how long it steps back; above 0.</summary>
    public TimeSpan RotationPeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>At most so many items with one value of a field: <c>category</c>, or an attribute.</summary>
    public IReadOnlyList<(string Field, int Most)> MostPerValue { get; init; } = [];

    /// <summary>Places whose items are drawn, to learn of them: <see cref="Reranking.ExplorationReranker"/>; null: none.</summary>
    public ExplorationOptions? Exploration { get; init; }
}

/// <summary>What a placement is about.</summary>
public enum PlacementSubject
{
    /// <summary>The user, or nobody in particular; items may be named.</summary>
    User,

    /// <summary>An item of the catalogue.</summary>
    Item,

    /// <summary>Items, one at least; those that nobody knows say nothing.</summary>
    Items,

    /// <summary>Items that it puts in order: all of them and no others, available or not.</summary>
    GivenItems,
}

/// <summary>What a placement takes its items from.</summary>
public enum PlacementSource
{
    /// <summary>The models that make lists, in the order in which they are asked.</summary>
    Recommender,

    /// <summary>By how many users are for an item: <see cref="Retrieval.CatalogueRetriever"/>.</summary>
    Popular,

    /// <summary>What grows against its own past: <see cref="Retrieval.TrendingRetriever"/>.</summary>
    Trending,

    /// <summary>The newest of the catalogue: <see cref="Retrieval.NewArrivalRetriever"/>.</summary>
    NewArrivals,

    /// <summary>What the user did something with: <see cref="Retrieval.RecentItemRetriever"/>.</summary>
    RecentItems,

    /// <summary>What the user is due to buy again: <see cref="Retrieval.BuyAgainRetriever"/>.</summary>
    BuyAgain,

    /// <summary>What was bought with the items that the request is about: <see cref="Retrieval.BoughtTogetherRetriever"/>.</summary>
    BoughtTogether,

    /// <summary>What is like the item that the request is about: <see cref="Retrieval.SimilarItemsRetriever"/>.</summary>
    SimilarItems,
}
