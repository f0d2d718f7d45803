using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out everything but the items that the request gives: what a search or a category page shows is not for a recommender to decide, only its order.</summary>
internal sealed class GivenItemsFilter : IItemFilter
{
    public Absence Absence => Absence.NotGiven;

    /// <summary>To be the first of the filters: it overwrites.</summary>
    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        blocked.Fill(ulong.MaxValue);
        foreach (var item in context.Given)
        {
            if (item >> 6 < blocked.Length)
                Bits.Clear(blocked, item);
        }
    }
}
