using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>Makes the pipeline of a placement from the parts of a serving state.</summary>
/// <param name="models">Over the index space of the state, in the order in which they are asked.</param>
/// <param name="newItems">What arrived after the recommender was trained.</param>
/// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
internal sealed class PipelineBuilder(IReadOnlyList<ServedModel> models, NewItems newItems, LiveCatalogue catalogue)
{
    public Pipeline Build(Placement placement) => new(
        [new CatalogueFilter(catalogue), new ConsumedFilter(catalogue)],
        [.. models.Where(model => model.MakesLists).Select(model => new ModelRetriever(model.Name, model.Model)), new CatalogueRetriever(catalogue)],
        new ReservedPlaces(new NewItemRetriever(newItems, catalogue), placement.NewItemShare, () => newItems.Any),
        catalogue);
}
