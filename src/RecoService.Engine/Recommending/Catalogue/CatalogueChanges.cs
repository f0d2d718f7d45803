namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// The items that changed last, so that what was computed of all items can be brought up to date. Readers take no lock; writers are serialised by the
/// <see cref="ServingState"/>.
/// </summary>
internal sealed class CatalogueChanges
{
    private const int Kept = 1024;

    private readonly int[] items = new int[Kept];
    private long version;
    private volatile int itemCount;

    /// <summary>How many changes are there in whole. What is read after it holds them all, and may hold a part of one that comes.</summary>
    public long Version => Volatile.Read(ref version);

    /// <summary>Items below it have had a record.</summary>
    public int ItemCount => itemCount;

    /// <summary>To be called when all of an item's record is there.</summary>
    public void Add(int itemIndex)
    {
        if (itemIndex >= itemCount)
            itemCount = itemIndex + 1;
        // A reader that meets this entry in the place of an older one must see the version that says so.
        Volatile.WriteBarrier();
        items[version % Kept] = itemIndex;
        Volatile.Write(ref version, version + 1);
    }

    /// <summary>Copies the items of the changes <paramref name="from"/> to <paramref name="to"/>, the latter left out.</summary>
    /// <returns>How many; -1 where there are more than are kept, or than there is room for.</returns>
    public int CopySince(long from, long to, Span<int> into)
    {
        var count = to - from;
        if (count < 0 || count > into.Length || count > Kept)
            return -1;
        for (var change = 0; change < count; change++)
            into[change] = items[(from + change) % Kept];
        Volatile.ReadBarrier();
        return Version - from < Kept ? (int)count : -1;
    }
}
