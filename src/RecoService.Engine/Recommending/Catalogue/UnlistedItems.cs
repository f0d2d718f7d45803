using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// Which items without a catalogue record may be shown: anybody who calls the service can name one. Those count that the recommender was trained on and that
/// enough users had acted on when the state was built.
/// </summary>
internal sealed class UnlistedItems
{
    private readonly bool? show;
    private readonly int minUsers;
    private readonly ulong[] seen;

    /// <param name="show">Whether such items are shown; null: as long as there are no items with a record.</param>
    /// <param name="minUsers">How many users an item must have; 0: it is shown at once.</param>
    /// <param name="trained">The keys of the items that the recommender was trained on.</param>
    /// <param name="items">Of the state as it is built.</param>
    /// <param name="userCounts">How many users are for each of them.</param>
    public UnlistedItems(bool? show, int minUsers, KeyMap trained, CatalogueBuilder items, ReadOnlySpan<int> userCounts)
    {
        this.show = show;
        this.minUsers = minUsers;
        seen = new ulong[Bits.WordsFor(items.Count)];
        for (var item = 0; item < items.Count; item++)
        {
            if (!items.Columns.IsListed(item) && userCounts[item] >= minUsers && trained.TryGetIndex(items.Keys[item], out _))
                Bits.Set(seen, item);
        }
    }

    /// <param name="itemIndex">An item without a record.</param>
    /// <param name="anyListed">Whether the shop has a catalogue.</param>
    public bool MayShow(int itemIndex, bool anyListed) =>
        (show ?? !anyListed) && (minUsers == 0 || Bits.IsSet(seen, itemIndex));
}
