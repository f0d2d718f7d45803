using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// What can be served now, by item index: the records, a bit per item that must not be shown, and how many users are for it.
/// Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class LiveCatalogue
{
    private readonly UnlistedItems unlisted;
    private volatile Columns columns;
    private volatile bool anyConsumesForDays;
    private int listedCount;

    internal LiveCatalogue(IReadOnlyList<CatalogueItem> items, ReadOnlySpan<int> userCounts, UnlistedItems unlisted)
    {
        this.unlisted = unlisted;
        listedCount = items.Count(IsInCatalogue);
        columns = new Columns(Math.Max(64, items.Count)) { Count = items.Count };
        userCounts.CopyTo(columns.UserCounts);
        for (var index = 0; index < items.Count; index++)
            Write(columns, index, items[index]);
    }

    /// <summary>The record of an item.</summary>
    public CatalogueItem this[int itemIndex] => columns.Items[itemIndex];

    /// <summary>How many words <see cref="CopyBlockedTo"/> may need now; it grows as items arrive.</summary>
    internal int BlockedWords => columns.Blocked.Length;

    /// <summary>How many users are for each item: those whose interactions with it weigh more than 0.</summary>
    internal ReadOnlySpan<int> UserCounts
    {
        get
        {
            var current = columns;
            return current.UserCounts.AsSpan(0, current.Count);
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
        var before = itemIndex < current.Count ? current.Items[itemIndex] : null;
        // A change that was overtaken on its way here says nothing new.
        if (before is not null && before.Revision > item.Revision)
            return false;

        if (itemIndex >= current.Items.Length)
            columns = current = current.Grow(Math.Max(2 * current.Items.Length, itemIndex + 1));
        var hadCatalogue = listedCount > 0;
        listedCount += (IsInCatalogue(item) ? 1 : 0) - (before is not null && IsInCatalogue(before) ? 1 : 0);
        Write(current, itemIndex, item);
        if (itemIndex >= current.Count)
            current.Count = itemIndex + 1;
        if (hadCatalogue != listedCount > 0)
            WriteUnlisted(current);
        return true;
    }

    internal void CountUsers(int itemIndex, int change) => columns.UserCounts[itemIndex] += change;

    /// <summary>For how many days the item itself says that it is consumed; null where the kinds of the interactions decide.</summary>
    internal double? ConsumesForDays(int itemIndex) => anyConsumesForDays ? columns.Items[itemIndex].ConsumesForDays : null;

    /// <summary>The first item of a catalogue, and the end of its last, decide about all items without a record.</summary>
    private void WriteUnlisted(Columns target)
    {
        for (var item = 0; item < target.Count; item++)
        {
            if (!target.Items[item].Listed)
                Write(target, item, target.Items[item]);
        }
    }

    private void Write(Columns target, int itemIndex, CatalogueItem item)
    {
        target.Items[itemIndex] = item;
        anyConsumesForDays |= item.ConsumesForDays is not null;
        if (item.IsServable && (item.Listed || unlisted.MayShow(itemIndex, listedCount > 0)))
            Bits.Clear(target.Blocked, itemIndex);
        else
            Bits.Set(target.Blocked, itemIndex);
    }

    private static bool IsInCatalogue(CatalogueItem item) => item.Listed && !item.Deleted;

    private sealed class Columns(int capacity)
    {
        private volatile int count;

        public CatalogueItem[] Items { get; private init; } = new CatalogueItem[capacity];

        /// <summary>Bits of items that have not arrived are set, so that one arriving during a request waits for the next.</summary>
        public ulong[] Blocked { get; private init; } = AllSet(Bits.WordsFor(capacity));

        public int[] UserCounts { get; private init; } = new int[capacity];

        public int Count { get => count; set => count = value; }

        public Columns Grow(int wanted)
        {
            var grown = new Columns(wanted) { Count = Count };
            Items.CopyTo(grown.Items, 0);
            Blocked.CopyTo(grown.Blocked, 0);
            UserCounts.CopyTo(grown.UserCounts, 0);
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
