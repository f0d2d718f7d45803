using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending;

/// <summary>
/// External id and database key &lt;-&gt; index in one serving state. Ids known when the state was built keep the indexes 0..<see cref="BuiltCount"/>-1 of
/// its models; later ones follow. Any number of readers without a lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class LiveIdMap : IItemIds
{
    private readonly IdMap builtIds;
    private readonly ConcurrentDictionary<string, int> addedIds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> addedKeys = new();
    private readonly ConcurrentDictionary<int, byte> erasedIndexes = new();
    private volatile string[] addedNames = [];
    private volatile int[] keysOfAdded = [];
    private volatile int addedCount;

    /// <param name="keys">Ascending keys of the state's index space.</param>
    /// <param name="ids">Their external ids, in the same order.</param>
    public LiveIdMap(KeyMap keys, IdMap ids)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ids.Count, keys.Count);
        Keys = keys;
        builtIds = ids;
    }

    /// <summary>The index space that models are rebased onto.</summary>
    public KeyMap Keys { get; }

    public int BuiltCount => Keys.Count;

    public int Count => Keys.Count + addedCount;

    public string this[int index] => index < BuiltCount ? builtIds[index] : addedNames[index - BuiltCount];

    /// <summary>The store's key of an index.</summary>
    public int KeyOf(int index) => index < BuiltCount ? Keys[index] : keysOfAdded[index - BuiltCount];

    public bool TryGetIndex(string id, out int index)
    {
        if (!addedIds.IsEmpty && addedIds.TryGetValue(id, out index))
            return true;
        return builtIds.TryGetIndex(id, out index) && (erasedIndexes.IsEmpty || !erasedIndexes.ContainsKey(index));
    }

    /// <summary>False for an index whose id was forgotten.</summary>
    public bool IsKnown(int index) => !erasedIndexes.ContainsKey(index);

    /// <summary>The index of a key of the database; false for one that has not arrived.</summary>
    public bool TryGetIndexOfKey(int key, out int index) => Keys.TryGetIndex(key, out index) || addedKeys.TryGetValue(key, out index);

    internal int GetOrAdd(int key, string id)
    {
        if (TryGetIndexOfKey(key, out var index))
            return index;

        var (names, keys) = (addedNames, keysOfAdded);
        if (addedCount == names.Length)
        {
            Array.Resize(ref names, Math.Max(16, 2 * names.Length));
            Array.Resize(ref keys, names.Length);
            (addedNames, keysOfAdded) = (names, keys);
        }

        index = Count;
        names[addedCount] = id;
        keys[addedCount] = key;
        // Name and key stand before the id can be found, so a reader that finds an index also finds them.
        addedCount++;
        addedKeys[key] = index;
        addedIds[id] = index;
        return index;
    }

    /// <summary>Forgets the id; its index stays taken.</summary>
    internal void Erase(int index)
    {
        erasedIndexes[index] = 0;
        if (index >= BuiltCount)
            addedIds.TryRemove(new KeyValuePair<string, int>(addedNames[index - BuiltCount], index));
    }
}
