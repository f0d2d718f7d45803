using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Leaves out what the user has consumed, as long as it stays so, and the items that the request itself names.</summary>
internal sealed class ConsumedFilter(LiveCatalogue catalogue) : IItemFilter
{
    public void Block(in RequestContext context, long now, Span<ulong> blocked)
    {
        var consumed = context.Consumed;
        var times = context.ConsumedTimes;
        for (var place = 0; place < consumed.Length; place++)
        {
            if (consumed[place] >> 6 < blocked.Length && (times.IsEmpty || times[place].Blocks(now, catalogue.ConsumesForDays(consumed[place]))))
                Bits.Set(blocked, consumed[place]);
        }
    }
}
