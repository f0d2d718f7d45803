namespace RecoService.Engine.Evaluation;

/// <summary>How often each item of the catalogue stands in a list. Safe to add to from several threads.</summary>
internal sealed class ListCounts(int itemCount)
{
    private readonly int[] counts = new int[itemCount];

    /// <summary>Share of the items that stand in at least one list.</summary>
    public double Coverage => counts.Length == 0 ? 0 : (double)counts.Count(count => count > 0) / counts.Length;

    /// <summary>
    /// The Gini coefficient of the counts c, ascending: sum of (2 i - n - 1) c_i / (n sum c), i = 1..n. 0 when all are listed equally often, (n - 1) / n
    /// when one item alone is listed; NaN when none is.
    /// </summary>
    public double Gini => Array.Exists(counts, count => count > 0) ? Spread.Gini(Array.ConvertAll(counts, count => (double)count)) : double.NaN;

    public void Add(ReadOnlySpan<int> list)
    {
        foreach (var item in list)
            Interlocked.Increment(ref counts[item]);
    }
}
