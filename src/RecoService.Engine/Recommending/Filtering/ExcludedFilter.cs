using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the request says that it does not want, as what the page shows already, and the items that the page is about.</summary>
internal sealed class ExcludedFilter : IItemFilter
{
    public Absence Absence => Absence.Excluded;

    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        Set(context.Excluded, blocked);
        Set(context.CurrentItems, blocked);
    }

    private static void Set(ReadOnlySpan<int> items, Span<ulong> blocked)
    {
        foreach (var item in items)
        {
            if (item >= 0 && item >> 6 < blocked.Length)
                Bits.Set(blocked, item);
        }
    }
}
