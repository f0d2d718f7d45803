using System.Runtime.InteropServices;

namespace RecoService.Storage.Importing;

/// <summary>
/// Numbers the ids of a file, so that staged rows hold integers. Remembers a bounded number of ids: when there are more it
/// forgets them and goes on numbering, and an id may then have several numbers.
/// </summary>
internal sealed class LocalIds(int capacity = 500_000, int characterCapacity = 32_000_000)
{
    private readonly Dictionary<string, int> known = [];
    private readonly List<(int Local, string Id)> fresh = [];
    private long characters;
    private int next;

    public bool IsFull => known.Count >= capacity || characters >= characterCapacity;

    public int Of(string id)
    {
        ref var local = ref CollectionsMarshal.GetValueRefOrAddDefault(known, id, out var exists);
        if (!exists)
        {
            local = next++;
            characters += id.Length;
            fresh.Add((local, id));
        }

        return local;
    }

    /// <summary>The numbers given since the last call; forgets all ids when there are too many.</summary>
    public (int Local, string Id)[] TakeFresh()
    {
        var taken = fresh.ToArray();
        fresh.Clear();
        if (IsFull)
        {
            known.Clear();
            characters = 0;
        }

        return taken;
    }
}
