using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// What can be served now, by item index: columns of what is known of the items, a bit per item that must not be shown, and how many users are for it.
/// Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class LiveCatalogue
{
    private readonly UnlistedItems unlisted;
    private readonly int builtEntries;
    private volatile Reach reach;
    private int listedCount;

    /// <param name="columns">Of so many items.</param>
    /// <param name="userCounts">One per item.</param>
    /// <param name="unlisted">Says which items without a record may be shown.</param>
    internal LiveCatalogue(CatalogueColumns columns, ReadOnlySpan<int> userCounts, UnlistedItems unlisted)
    {
        this.unlisted = unlisted;
        Columns = columns;
        builtEntries = columns.EntryCount;
        reach = new Reach(Math.Max(64, userCounts.Length)) { Count = userCounts.Length };
        userCounts.CopyTo(reach.UserCounts);
        for (var index = 0; index < userCounts.Length; index++)
            listedCount += Columns.IsListed(index) ? 1 : 0;
        for (var index = 0; index < userCounts.Length; index++)
            WriteBlocked(reach, index);
    }

    /// <summary>Price, categories, attributes and whatever else is known of the items.</summary>
    public CatalogueColumns Columns { get; }

    /// <summary>How many items there are, with a record or without, deleted ones included.</summary>
    public int Count => reach.Count;

    /// <summary>What the catalogue takes in memory, in bytes.</summary>
    public long ByteCount => Columns.ByteCount + reach.ByteCount;

    /// <summary>Texts and lists that have been put into the columns since the state was built.</summary>
    internal int AddedEntries => Math.Max(0, Columns.EntryCount - builtEntries);

    /// <summary>How many words <see cref="CopyBlockedTo"/> may need now; it grows as items arrive.</summary>
    internal int BlockedWords => reach.Blocked.Length;

    /// <summary>How many users are for each item: those whose interactions with it weigh more than 0.</summary>
    internal ReadOnlySpan<int> UserCounts
    {
        get
        {
            var current = reach;
            return current.UserCounts.AsSpan(0, current.Count);
        }
    }

    /// <summary>
    /// Copies a bit per item that must not be shown. Items that arrived since <see cref="BlockedWords"/> was read are cut off; bits beyond the catalogue
    /// belong to items that arrive while a request looks, and are set.
    /// </summary>
    internal void CopyBlockedTo(Span<ulong> words)
    {
        var blocked = reach.Blocked.AsSpan();
        var known = Math.Min(blocked.Length, words.Length);
        blocked[..known].CopyTo(words);
        words[known..].Fill(ulong.MaxValue);
    }

    /// <summary>False when a later record is here already.</summary>
    internal bool TryPut(int itemIndex, CatalogueItem item)
    {
        // A change that was overtaken on its way here says nothing new.
        if (Columns.RevisionOf(itemIndex) > item.Revision)
            return false;

        var current = reach;
        if (itemIndex >= current.UserCounts.Length)
            reach = current = current.Grow(Math.Max(2 * current.UserCounts.Length, itemIndex + 1));
        var hadCatalogue = listedCount > 0;
        listedCount -= Columns.IsListed(itemIndex) ? 1 : 0;
        Columns.Put(itemIndex, item);
        listedCount += Columns.IsListed(itemIndex) ? 1 : 0;
        WriteBlocked(current, itemIndex);
        if (itemIndex >= current.Count)
            current.Count = itemIndex + 1;
        if (hadCatalogue != listedCount > 0)
            WriteUnlisted(current);
        return true;
    }

    internal void CountUsers(int itemIndex, int change) => reach.UserCounts[itemIndex] += change;

    /// <summary>For how many days the item itself says that it is consumed; null where the kinds of the interactions decide.</summary>
    internal double? ConsumesForDays(int itemIndex) => Columns.ConsumesForDays[itemIndex] is var days && double.IsNaN(days) ? null : days;

    /// <summary>The first item of a catalogue, and the end of its last, decide about all items without a record.</summary>
    private void WriteUnlisted(Reach target)
    {
        for (var item = 0; item < target.Count; item++)
        {
            if (!Columns.IsListed(item))
                WriteBlocked(target, item);
        }
    }

    private void WriteBlocked(Reach target, int itemIndex)
    {
        if (Columns.IsServable(itemIndex) && (Columns.IsListed(itemIndex) || unlisted.MayShow(itemIndex, listedCount > 0)))
            Bits.Clear(target.Blocked, itemIndex);
        else
            Bits.Set(target.Blocked, itemIndex);
    }

    /// <summary>What is read whole by a request, each in one piece.</summary>
    private sealed class Reach(int capacity)
    {
        private volatile int count;

        /// <summary>Bits of items that have not arrived are set, so that one arriving during a request waits for the next.</summary>
        public ulong[] Blocked { get; private init; } = AllSet(Bits.WordsFor(capacity));

        public int[] UserCounts { get; private init; } = new int[capacity];

        public int Count { get => count; set => count = value; }

        public long ByteCount => Memory.ArrayBytes(Blocked.Length, sizeof(ulong)) + Memory.ArrayBytes(UserCounts.Length, sizeof(int));

        public Reach Grow(int wanted)
        {
            var grown = new Reach(wanted) { Count = Count };
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
