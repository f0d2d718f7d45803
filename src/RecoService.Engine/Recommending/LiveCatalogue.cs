using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>
/// What can be served now, by item index: the records, a bit per item that must not be shown, and how many users have consumed it.
/// Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class LiveCatalogue
{
    private readonly bool recommendUnlistedItems;
    private volatile Columns columns;
    private volatile bool anyConsumesForDays;

    internal LiveCatalogue(IReadOnlyList<CatalogueItem> items, bool recommendUnlistedItems)
    {
        this.recommendUnlistedItems = recommendUnlistedItems;
        columns = new Columns(Math.Max(64, items.Count)) { Count = items.Count };
        for (var index = 0; index < items.Count; index++)
            Write(columns, index, items[index]);
    }

    /// <summary>The record of an item.</summary>
    public CatalogueItem this[int itemIndex] => columns.Items[itemIndex];

    /// <summary>How many words <see cref="CopyBlockedTo"/> may need now; it grows as items arrive.</summary>
    internal int BlockedWords => columns.Blocked.Length;

    internal ReadOnlySpan<int> ConsumerCounts
    {
        get
        {
            var current = columns;
            return current.Consumers.AsSpan(0, current.Count);
        }
    }

    /// <summary>
    /// Copies a bit per item that must not be shown. Items that arrived since <see cref="BlockedWords"/> was read are cut off; bits beyond the catalogue
    /// belong to items that arrive while a request looks, and are set.
    /// </summary>
    internal void CopyBlockedTo(Span<ulong> words)
    {
        var blocked = columns.Blocked.AsSpan();
        var known = Math.Min(blocked.Length, words.Length);
        blocked[..known].CopyTo(words);
        words[known..].Fill(ulong.MaxValue);
    }

    /// <summary>False when a later record is here already.</summary>
    internal bool TryPut(int itemIndex, CatalogueItem item)
    {
        var current = columns;
        // A change that was overtaken on its way here says nothing new.
        if (itemIndex < current.Count && current.Items[itemIndex].Revision > item.Revision)
            return false;

        if (itemIndex >= current.Items.Length)
            columns = current = current.Grow(Math.Max(2 * current.Items.Length, itemIndex + 1));
        Write(current, itemIndex, item);
        if (itemIndex >= current.Count)
            current.Count = itemIndex + 1;
        return true;
    }

    internal void CountConsumer(int itemIndex, int change) => columns.Consumers[itemIndex] += change;

    /// <summary>For how many days the item itself says that it is consumed; null where the kinds of the interactions decide.</summary>
    internal double? ConsumesForDays(int itemIndex) => anyConsumesForDays ? columns.Items[itemIndex].ConsumesForDays : null;

    private void Write(Columns target, int itemIndex, CatalogueItem item)
    {
        target.Items[itemIndex] = item;
        anyConsumesForDays |= item.ConsumesForDays is not null;
        if (item.IsServable(recommendUnlistedItems))
            Bits.Clear(target.Blocked, itemIndex);
        else
            Bits.Set(target.Blocked, itemIndex);
    }

    private sealed class Columns(int capacity)
    {
        private volatile int count;

        public CatalogueItem[] Items { get; private init; } = new CatalogueItem[capacity];

        /// <summary>Bits of items that have not arrived are set, so that one arriving during a request waits for the next.</summary>
        public ulong[] Blocked { get; private init; } = AllSet(Bits.WordsFor(capacity));

        public int[] Consumers { get; private init; } = new int[capacity];

        public int Count { get => count; set => count = value; }

        public Columns Grow(int wanted)
        {
            var grown = new Columns(wanted) { Count = Count };
            Items.CopyTo(grown.Items, 0);
            Blocked.CopyTo(grown.Blocked, 0);
            Consumers.CopyTo(grown.Consumers, 0);
            return grown;
        }

        private static ulong[] AllSet(int words)
        {
            var set = new ulong[words];
            set.AsSpan().Fill(ulong.MaxValue);
            return set;
        }
    }
}
