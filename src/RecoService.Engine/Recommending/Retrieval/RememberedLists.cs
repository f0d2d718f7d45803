using System.Numerics;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// What a model has retrieved for users of a state lately. A page asks for several lists, and a visitor for several pages, between two things that they do; as long as neither their history nor what is blocked has changed, the same
/// comes out. Each user has a slot, which what is asked last has. Thread-safe: entries never change. About 70 bytes a list and 8 an item.
/// </summary>
/// <param name="most">The most lists, at least 1; rounded down to a power of two.</param>
internal sealed class RememberedLists(int most)
{
    /// <summary>From a user's slot to that of a list of theirs that is one longer, so that lists of several lengths seldom meet: 2^32 by the golden ratio.</summary>
    private const uint SlotsApart = 0x9E3779B9;

    private readonly Lazy<Entry?[]> slots = new(() => new Entry?[1 << BitOperations.Log2((uint)most)]);

    /// <summary>Puts what was retrieved before into an empty queue.</summary>
    /// <param name="userIndex">A user of the state.</param>
    /// <param name="version">Of what is known of them.</param>
    /// <param name="blocked">By <see cref="Bits.HashOf"/> of a bit per item, set = left out.</param>
    /// <param name="best">As long as the one that was kept.</param>
    /// <returns>False where this was not retrieved, or is forgotten.</returns>
    public bool TryRecall(int userIndex, object version, ulong blocked, TopK best)
    {
        if (!slots.IsValueCreated || Volatile.Read(ref SlotOf(userIndex, best.Capacity)) is not { } entry)
            return false;
        if (entry.UserIndex != userIndex || entry.Capacity != best.Capacity || entry.Blocked != blocked || !ReferenceEquals(entry.Version, version))
            return false;
        best.Restore(entry.Keys);
        return true;
    }

    /// <summary>Remembers what a queue holds.</summary>
    /// <param name="userIndex">A user of the state.</param>
    /// <param name="version">Of what is known of them.</param>
    /// <param name="blocked">By <see cref="Bits.HashOf"/> of a bit per item, set = left out.</param>
    /// <param name="best">What was retrieved.</param>
    public void Keep(int userIndex, object version, ulong blocked, TopK best) =>
        Volatile.Write(ref SlotOf(userIndex, best.Capacity), new Entry(userIndex, version, blocked, best.Capacity, best.Save()));

    /// <summary>Users side by side have slots side by side, so that no two share one while there are enough.</summary>
    private ref Entry? SlotOf(int userIndex, int capacity)
    {
        var all = slots.Value;
        return ref all[(userIndex + (int)(capacity * SlotsApart)) & (all.Length - 1)];
    }

    private sealed record Entry(int UserIndex, object Version, ulong Blocked, int Capacity, long[] Keys);
}
