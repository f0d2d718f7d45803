using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the catalogue does not show to anybody: what is unavailable, hidden or deleted, and unlisted items that not enough users know.</summary>
internal sealed class CatalogueFilter(LiveCatalogue catalogue) : IItemFilter
{
    public Absence Absence => Absence.Catalogue;

    /// <summary>To be the first of the filters: it overwrites.</summary>
    public void Block(in RequestContext context, Span<ulong> blocked) => catalogue.CopyBlockedTo(blocked);
}
