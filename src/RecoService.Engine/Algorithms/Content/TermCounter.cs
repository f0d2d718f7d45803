using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>Counts the terms of a catalogue; they stand in the order they were first met in.</summary>
/// <param name="reader">Says what terms an item has.</param>
internal sealed class TermCounter(TermReader reader)
{
    private readonly Dictionary<string, int> terms = new(StringComparer.Ordinal);
    private readonly List<int> rows = [];
    private readonly List<int> columns = [];
    private readonly List<float> counts = [];

    /// <summary>Term -> column.</summary>
    public IReadOnlyDictionary<string, int> Terms => terms;

    public void Add(int itemIndex, ItemContent content) => reader.Read(content, (term, occurrences) =>
    {
        var known = terms.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(term, out var column))
            known[term] = column = terms.Count;
        rows.Add(itemIndex);
        columns.Add(column);
        counts.Add(occurrences);
    });

    /// <summary>|I| x terms: the weighted occurrences.</summary>
    public SparseMatrix Build(int itemCount) => SparseMatrix.FromEntries(itemCount, terms.Count, [.. rows], [.. columns], [.. counts]);
}
