using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>
/// Which items without a catalogue record may be shown: anybody who calls the service can name one. Those count that the recommender was trained on and that
/// enough users had acted on when the state was built.
/// </summary>
internal sealed class UnlistedItems
{
    private readonly ServingOptions options;
    private readonly ulong[] seen;

    /// <param name="options">What the shop decides.</param>
    /// <param name="models">As they were trained; the first makes the lists.</param>
    /// <param name="items">Of the state as it is built.</param>
    /// <param name="userCounts">How many users are for each of them.</param>
    public UnlistedItems(ServingOptions options, IReadOnlyList<ServedModel> models, IReadOnlyList<ServedItem> items, ReadOnlySpan<int> userCounts)
    {
        this.options = options;
        seen = new ulong[Bits.WordsFor(items.Count)];
        if (models is not [{ Model.Items: var trained }, ..])
            return;
        for (var item = 0; item < items.Count; item++)
        {
            if (!items[item].Item.Listed && userCounts[item] >= options.UnlistedItemMinUsers && trained.TryGetIndex(items[item].Key, out _))
                Bits.Set(seen, item);
        }
    }

    /// <param name="itemIndex">An item without a record.</param>
    /// <param name="anyListed">Whether the shop has a catalogue.</param>
    public bool MayShow(int itemIndex, bool anyListed) =>
        (options.RecommendUnlistedItems ?? !anyListed) && (options.UnlistedItemMinUsers == 0 || Bits.IsSet(seen, itemIndex));
}
