using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the user has consumed, as long as it stays so, and the items that the request itself names.</summary>
internal sealed class ConsumedFilter(LiveCatalogue catalogue) : IItemFilter
{
    public Absence Absence => Absence.Consumed;

    public void Block(in RequestContext context, Span<ulong> blocked)
    {
        if (context.AllowsConsumed)
            return;
        var consumed = context.Consumed;
        var times = context.ConsumedTimes;
        for (var position = 0; position < consumed.Length; position++)
        {
            if (consumed[position] >> 6 < blocked.Length && (times.IsEmpty || times[position].Blocks(context.Now, catalogue.ConsumesForDays(consumed[position]))))
                Bits.Set(blocked, consumed[position]);
        }
    }
}
