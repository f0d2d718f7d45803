using System.Collections.Concurrent;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Recommending.Reasons;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>Makes the pipelines of placements from the parts of a serving state. A composed model is laid out as the stages it is made of.</summary>
internal sealed class PipelineBuilder
{
    private readonly ServingState state;
    private readonly NewItems newItems;
    private readonly ItemDemand demand;
    private readonly ShownItems? shown;
    private readonly ItemTrials trials;
    private readonly LiveResponsePredictor? responses;
    private readonly ResponseSpace space;
    private readonly string costAttribute;
    private readonly CoPurchases coPurchases;
    private readonly RepurchaseRates repurchases;
    private readonly SimilarItemsRetriever similarItems;
    private readonly int mostRemembered;
    /// <summary>By model, for the pipelines of all placements; of experiments some are built while others serve.</summary>
    private readonly ConcurrentDictionary<IScorer, RememberedLists> remembered = new(ReferenceEqualityComparer.Instance);

    /// <param name="state">Whose models, catalogue and ids are used.</param>
    /// <param name="newItems">What arrived after the recommender was trained.</param>
    /// <param name="demand">Says what grows.</param>
    /// <param name="histories">What every user had done.</param>
    /// <param name="options">What outlives the state.</param>
    public PipelineBuilder(ServingState state, NewItems newItems, ItemDemand demand, InteractionDataset histories, ServingOptions options)
    {
        (this.state, this.newItems, this.demand) = (state, newItems, demand);
        (shown, trials, responses, space, costAttribute) = (options.Shown, options.Trials, options.Responses, ResponsePredictions.SpaceOf(state), options.CostAttribute);
        mostRemembered = options.RememberedLists;
        coPurchases = new CoPurchases(histories);
        repurchases = new RepurchaseRates(histories);
        similarItems = new SimilarItemsRetriever(state.Models, histories, newItems);
    }

    /// <summary>What says why candidates are in a list.</summary>
    public Explanations Explanations => new(state.Models, coPurchases);

    /// <summary>The same for lists of a model that is named by its version, which may have the name of a published one.</summary>
    public Explanations ExplanationsOf(ServedModel model) => new([model, .. state.Models.Where(other => other.Name != model.Name)], coPurchases);

    /// <summary>When users buy what again.</summary>
    public RepurchaseRates Repurchases => repurchases;

    public Pipeline Build(Placement placement)
    {
        List<IRetriever> first = [.. RetrieversOf(placement.Sources[0], placement)];
        List<IRetriever> others = [.. placement.Sources.Skip(1).SelectMany(source => RetrieversOf(source, placement))];
        var fallbacks = others.Concat(FallbacksIn(first)).ToHashSet();
        return placement.Subject == PlacementSubject.GivenItems
            ? new Pipeline([new GivenItemsFilter()], [.. first, .. others], () => [], state.Catalogue, [.. ByExpectedValue(placement.Order.Objective), new BoostReranker()], fallbacks)
            : new Pipeline(
                FiltersOf(placement),
                [.. first, .. others],
                () => [new OnePerGroup(state.Catalogue), new ReservedSlots(new NewItemRetriever(newItems, state.Catalogue), placement.NewItemShare, () => newItems.Any)],
                state.Catalogue,
                [.. RerankersOf(placement)],
                fallbacks);
    }

    /// <summary>Of models that make lists the later ones top up the first, and a composed model has fallbacks of its own.</summary>
    private static IEnumerable<IRetriever> FallbacksIn(List<IRetriever> retrievers)
    {
        var recommender = retrievers.Find(retriever => retriever is RankedRetriever or ModelRetriever)?.Name;
        return retrievers.Where(retriever => retriever is FallbackRetriever || (retriever is RankedRetriever or ModelRetriever && retriever.Name != recommender));
    }

    private IReadOnlyList<IItemFilter> FiltersOf(Placement placement) =>
    [
        new CatalogueFilter(state.Catalogue), new ConsumedFilter(state.Catalogue), new ExcludedFilter(), new ExpressionFilter(),
        .. placement.Filter is { } text ? [new PlacementFilter(text, state.Filters)] : Array.Empty<IItemFilter>(),
        new RuleFilter(),
    ];

    /// <summary>What changes values stands before what chooses by them, and what draws lots stands last.</summary>
    private IEnumerable<IReranker> RerankersOf(Placement placement)
    {
        var order = placement.Order;
        foreach (var byValue in ByExpectedValue(order.Objective))
            yield return byValue;
        if (order.Freshness > 0)
            yield return new FreshnessReranker(order.FreshnessHalfLife, order.Freshness, state.Catalogue);
        if (order.PriceAffinity > 0)
            yield return new PriceAffinityReranker(order.PriceAffinity, state.Catalogue);
        if (order.Variety > 0)
            yield return new VarietyReranker(order.Variety, state.Items.KeyOf, state.Users.KeyOf);
        if (order.ShownLimit is { } shownLimit && shown is not null)
            yield return new RotationReranker(shown, shownLimit, order.RotationPeriod, state.Users.KeyOf, state.Items.KeyOf);
        yield return new BoostReranker();
        if (order.Diversity > 0)
        {
            var byCategory = new CategoryLikeness(state.Catalogue);
            var byModel = DiversityReranker.LikenessOf(state.Models);
            yield return new DiversityReranker(order.Diversity, byModel ?? byCategory, byModel is null ? null : byCategory);
        }

        foreach (var (field, most) in order.MostPerValue)
            yield return field == RuleLimitReranker.Category ? CapReranker.OfCategories(state.Catalogue, most) : CapReranker.OfAttribute(state.Catalogue, field, most);
        yield return new RuleLimitReranker(state.Catalogue);
        if (order.Exploration is { Share: > 0 } exploration)
        {
            yield return new ExplorationReranker(
                exploration.Share, exploration.ToPolicy(), (item, value) => trials.Of(placement.Name).ArmOf(state.Items.KeyOf(item), value, exploration.PriorStrength), state.Users.KeyOf,
                exploration.Policy == ExplorationPolicy.LinUcb ? (in context, pool, arms) => responses?.Bounds?.Fill(context, space, pool, exploration.Alpha, arms) : null);
        }
    }

    private IEnumerable<IReranker> ByExpectedValue(ListObjective objective) => objective == ListObjective.None || responses is null ? [] : [new ExpectedValueReranker(objective, responses, space, costAttribute)];

    private IEnumerable<IRetriever> RetrieversOf(PlacementSource source, Placement placement) => source switch
    {
        PlacementSource.Recommender => WithAttributes([.. Recommenders(placement).SelectMany(StagesOf)]),
        PlacementSource.Popular => [new CatalogueRetriever(state.Catalogue)],
        PlacementSource.NewArrivals => [new NewArrivalRetriever(state.Catalogue)],
        PlacementSource.BoughtTogether => [new BoughtTogetherRetriever(coPurchases)],
        PlacementSource.Trending => [new TrendingRetriever(demand)],
        PlacementSource.BuyAgain => [new BuyAgainRetriever(repurchases)],
        PlacementSource.RecentItems => [new RecentItemRetriever()],
        PlacementSource.SimilarItems => [similarItems],
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "There is no such source."),
    };

    private IEnumerable<ServedModel> Recommenders(Placement placement)
    {
        if (state.ModelOf(placement) is { } one)
            return [one];
        var name = placement.Recommender;
        var all = state.Models.Where(model => model.MakesLists).ToList();
        var named = all.FindAll(model => model.Name == name);
        return named.Count > 0 ? named : all;
    }

    /// <summary>
    /// Who has attributes and no history gets lists by them. A recommender that knows users by their index has nothing for such a user and is asked first, so that many
    /// lists are still made in one pass; others, which may have a list for everybody, are asked afterwards.
    /// </summary>
    private List<IRetriever> WithAttributes(List<IRetriever> stages)
    {
        var position = stages is [var first, ..] && ModelRetriever.OfMany(first) is not null ? 1 : 0;
        stages.InsertRange(position, AttributeRetrievers());
        return stages;
    }

    private IEnumerable<IRetriever> AttributeRetrievers()
    {
        var scorers = state.Models.SelectMany(model => model.Model.Find<IAttributeScorer>()).Where(scorer => scorer.KnowsAttributes).ToList();
        if (scorers.Find(scorer => scorer is IColdScorer) is { } byFactors)
            yield return new AttributeRetriever(AttributeRetriever.ByFactors, byFactors, IsTrained);
        if (scorers.Find(scorer => scorer is not IColdScorer) is { } byGroup)
            yield return new AttributeRetriever(AttributeRetriever.ByGroup, byGroup, IsTrained);
    }

    private bool IsTrained(int itemIndex) => state.Items.KeyOf(itemIndex) <= state.LastTrainedKey;

    private IEnumerable<IRetriever> StagesOf(ServedModel served) => served.Model is ComposedModel composed
        ? [Remembering(served, new RankedRetriever(served.Name, composed)), .. composed.Lasts.Select(fallback => new FallbackRetriever(served.Name, composed, fallback))]
        : [Remembering(served, new ModelRetriever(served.Name, served.Model))];

    private IRetriever Remembering(ServedModel served, IRetriever source) =>
        mostRemembered == 0 ? source : new RememberingRetriever(source, remembered.GetOrAdd(served.Model, static (_, most) => new RememberedLists(most), mostRemembered));
}
