using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>
/// Which items each user has consumed: those known when the state was built, and those since. Readers take no lock;
/// writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class LiveHistory
{
    private readonly SparseMatrix built;
    private readonly ConcurrentDictionary<int, int[]> added = new();

    internal LiveHistory(SparseMatrix built) => this.built = built;

    /// <summary>Sets the bit of every item the user has consumed.</summary>
    internal void Block(int userIndex, Span<ulong> blocked)
    {
        if (userIndex < 0)
            return;
        if (userIndex < built.RowCount)
        {
            foreach (var item in built.RowColumns(userIndex))
                Bits.Set(blocked, item);
        }

        if (added.TryGetValue(userIndex, out var items))
        {
            foreach (var item in items)
            {
                // An item that arrived after the words were sized cannot be proposed either.
                if (item >> 6 < blocked.Length)
                    Bits.Set(blocked, item);
            }
        }
    }

    /// <summary>False when it was known already.</summary>
    internal bool Add(int userIndex, int itemIndex)
    {
        if (userIndex < built.RowCount && built.RowColumns(userIndex).BinarySearch(itemIndex) >= 0)
            return false;
        var items = added.GetValueOrDefault(userIndex, []);
        if (Array.IndexOf(items, itemIndex) >= 0)
            return false;
        added[userIndex] = [.. items, itemIndex];
        return true;
    }

    internal void Erase(int userIndex) => added.TryRemove(userIndex, out _);
}
