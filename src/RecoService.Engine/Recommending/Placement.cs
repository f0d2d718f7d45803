using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>A place of the shop that shows lists, and how its pipeline is made. Built with the serving state.</summary>
/// <param name="name">As requests and impressions call it.</param>
/// <param name="sources">Where its items come from, asked in this order until the list is full.</param>
public sealed class Placement(string name, params IReadOnlyList<PlacementSource> sources)
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

    /// <summary>The order of a search or category page.</summary>
    public const string RankName = "rank";

    public string Name => name;

    public IReadOnlyList<PlacementSource> Sources => sources;

    /// <summary>The part of each list, 0..1, rounded down, that is kept for items that arrived after the recommender was trained.</summary>
    public double NewItemShare { get; init; }

    /// <summary>Whether its lists hold what the user has consumed, too.</summary>
    public bool ShowsConsumed { get; init; }

    /// <summary>Whether it is about an item, which the request has to name.</summary>
    public bool NeedsItem { get; init; }

    /// <summary>Whether it is about items, of which the request has to name one at least; those that nobody knows say nothing.</summary>
    public bool NeedsItems { get; init; }

    /// <summary>Whether it orders the items that the request names, all of them and no others, available or not.</summary>
    public bool OrdersGiven { get; init; }

    /// <summary>Whether it is made by <see cref="SimilarItems"/> and not by a pipeline.</summary>
    internal bool IsSimilar => sources is [PlacementSource.SimilarItems];

    /// <summary>The variant of an experiment that its lists belong to; null outside of one.</summary>
    public string? Variant { get; init; }

    /// <summary>What tells lists of one configuration from those of another, in the impressions.</summary>
    public string ConfigurationVersion => FormattableString.Invariant($"new-items={NewItemShare:0.###}");

    /// <summary>Those that every shop has.</summary>
    /// <param name="newItemShare">Of the personal list.</param>
    public static IReadOnlyList<Placement> BuiltIn(double newItemShare) =>
    [
        new(HomeName, PlacementSource.Recommender, PlacementSource.Popular) { NewItemShare = newItemShare },
        new(SimilarName, PlacementSource.SimilarItems) { ShowsConsumed = true, NeedsItem = true },
        new(BoughtTogetherName, PlacementSource.BoughtTogether) { ShowsConsumed = true, NeedsItem = true },
        new(BasketName, PlacementSource.BoughtTogether, PlacementSource.Recommender, PlacementSource.Popular) { NeedsItems = true },
        new(RankName, PlacementSource.Recommender, PlacementSource.Popular) { NeedsItems = true, OrdersGiven = true },
        new(PopularName, PlacementSource.Popular),
        new("trending", PlacementSource.Trending, PlacementSource.Popular),
        new("new-arrivals", PlacementSource.NewArrivals),
        new("recently-viewed", PlacementSource.RecentItems) { ShowsConsumed = true },
    ];
}

/// <summary>What a placement takes its items from.</summary>
public enum PlacementSource
{
    /// <summary>The models that make lists, in the order in which they are asked.</summary>
    Recommender,

    /// <summary>By how many users are for an item: <see cref="CatalogueRetriever"/>.</summary>
    Popular,

    /// <summary>What grows against its own past: <see cref="TrendingRetriever"/>.</summary>
    Trending,

    /// <summary>The newest of the catalogue: <see cref="NewArrivalRetriever"/>.</summary>
    NewArrivals,

    /// <summary>What the user did something with: <see cref="RecentItemRetriever"/>.</summary>
    RecentItems,

    /// <summary>What was bought with the items that the request is about: <see cref="BoughtTogetherRetriever"/>.</summary>
    BoughtTogether,

    /// <summary>What is like the item that the request is about: <see cref="Recommending.SimilarItems"/>.</summary>
    SimilarItems,
}
