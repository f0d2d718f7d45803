namespace RecoService.Engine.Data;

/// <summary>Database key &lt;-&gt; dense index 0..Count-1. Immutable; indexes ascend with the keys.</summary>
public sealed class KeyMap
{
    private readonly int[] keys;

    private KeyMap(int[] keys) => this.keys = keys;

    public static KeyMap Empty { get; } = new([]);

    public int Count => keys.Length;

    public ReadOnlySpan<int> Keys => keys;

    public int this[int index] => keys[index];

    /// <param name="keys">Distinct and ascending.</param>
    /// <exception cref="ArgumentException">The keys do not ascend.</exception>
    public static KeyMap FromAscending(ReadOnlySpan<int> keys)
    {
        for (var index = 1; index < keys.Length; index++)
        {
            if (keys[index] <= keys[index - 1])
                throw new ArgumentException($"Keys must ascend: {keys[index]} stands after {keys[index - 1]}.", nameof(keys));
        }

        return new KeyMap(keys.ToArray());
    }

    public bool TryGetIndex(int key, out int index)
    {
        index = Array.BinarySearch(keys, key);
        return index >= 0;
    }

    /// <summary>One value per key, carried over to the keys of another map.</summary>
    /// <param name="values">One per key of this map.</param>
    /// <param name="to">The other map.</param>
    /// <param name="unknown">What a key has that is not in this map.</param>
    internal T[] Rebase<T>(T[] values, KeyMap to, T unknown) =>
        Array.ConvertAll(to.keys, key => TryGetIndex(key, out var index) ? values[index] : unknown);

    /// <summary>The index in another map of each key; -1 where it is not in that.</summary>
    internal int[] IndexesIn(KeyMap other) => Array.ConvertAll(keys, key => other.TryGetIndex(key, out var index) ? index : -1);
}
