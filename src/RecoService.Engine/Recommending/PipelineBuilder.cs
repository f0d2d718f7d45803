using RecoService.Engine.Composition;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>Makes the pipeline of a placement from the parts of a serving state. A composed model is laid out as the stages it is made of.</summary>
/// <param name="models">Over the index space of the state, in the order in which they are asked.</param>
/// <param name="newItems">What arrived after the recommender was trained.</param>
/// <param name="demand">Says what grows.</param>
/// <param name="coPurchases">Says what was bought together.</param>
/// <param name="repurchases">Says what is due to be bought again.</param>
/// <param name="filters">Compiles the filters of placements.</param>
/// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
internal sealed class PipelineBuilder(IReadOnlyList<ServedModel> models, NewItems newItems, ItemDemand demand, CoPurchases coPurchases, RepurchaseRates repurchases, FilterCache filters, LiveCatalogue catalogue)
{
    public Pipeline Build(Placement placement) => placement.Subject == PlacementSubject.GivenItems
        ? new Pipeline([new GivenItemsFilter()], [.. placement.Sources.SelectMany(RetrieversOf)], () => [], catalogue)
        : new Pipeline(
            FiltersOf(placement),
            [.. placement.Sources.SelectMany(RetrieversOf)],
            () => [new OnePerGroup(catalogue), new ReservedSlots(new NewItemRetriever(newItems, catalogue), placement.NewItemShare, () => newItems.Any)],
            catalogue);

    /// <summary>What a list of a placement must not show.</summary>
    public IReadOnlyList<IItemFilter> FiltersOf(Placement placement) =>
    [
        new CatalogueFilter(catalogue), new ConsumedFilter(catalogue), new ExcludedFilter(), new ExpressionFilter(),
        .. placement.Filter is { } text ? [new PlacementFilter(text, filters)] : Array.Empty<IItemFilter>(),
    ];

    private IEnumerable<IRetriever> RetrieversOf(PlacementSource source) => source switch
    {
        PlacementSource.Recommender => models.Where(model => model.MakesLists).SelectMany(StagesOf),
        PlacementSource.Popular => [new CatalogueRetriever(catalogue)],
        PlacementSource.NewArrivals => [new NewArrivalRetriever(catalogue)],
        PlacementSource.BoughtTogether => [new BoughtTogetherRetriever(coPurchases)],
        PlacementSource.Trending => [new TrendingRetriever(demand)],
        PlacementSource.BuyAgain => [new BuyAgainRetriever(repurchases)],
        PlacementSource.RecentItems => [new RecentItemRetriever()],
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "It needs an item, and no pipeline."),
    };

    private static IEnumerable<IRetriever> StagesOf(ServedModel served) => served.Model is ComposedModel composed
        ? [new RankedRetriever(served.Name, composed), .. composed.Lasts.Select(fallback => new FallbackRetriever(served.Name, composed, fallback))]
        : [new ModelRetriever(served.Name, served.Model)];
}
