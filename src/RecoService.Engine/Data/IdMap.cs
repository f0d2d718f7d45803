namespace RecoService.Engine.Data;

/// <summary>External id &lt;-&gt; dense index 0..Count-1. Immutable; ids are compared ordinally.</summary>
public sealed class IdMap
{
    private readonly string[] ids;
    private readonly Dictionary<string, int> indexes;

    /// <param name="ids">Distinct; the place in the list is the index.</param>
    /// <exception cref="ArgumentException">An id stands twice.</exception>
    public IdMap(IReadOnlyCollection<string> ids)
    {
        this.ids = [.. ids];
        indexes = new Dictionary<string, int>(this.ids.Length, StringComparer.Ordinal);
        for (var index = 0; index < this.ids.Length; index++)
            indexes.Add(this.ids[index], index);
    }

    public static IdMap Empty { get; } = new([]);

    public int Count => ids.Length;

    public string this[int index] => ids[index];

    public bool TryGetIndex(string id, out int index) => indexes.TryGetValue(id, out index);
}
