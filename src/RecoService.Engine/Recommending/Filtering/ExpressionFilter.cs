using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the request's filter does not hold for, before anything is retrieved: what few items are left are all found.</summary>
internal sealed class ExpressionFilter : IItemFilter
{
    public Absence Absence => Absence.Filter;

    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        if (context.Filter is { } filter)
            PlacementFilter.Block(filter, context, blocked);
    }
}
