namespace RecoService.Engine.Evaluation;

/// <summary>How unevenly a total is spread.</summary>
internal static class Spread
{
    private const int TopParts = 100;

    /// <summary>Gini coefficient of amounts of at least 0, those of 0 included: sum of (2 i - n - 1) x_i / (n sum x), ascending, i = 1..n. 0 where there is nothing.</summary>
    public static double Gini(ReadOnlySpan<double> amounts)
    {
        var ascending = amounts.ToArray();
        Array.Sort(ascending);
        var (weighted, total) = (0.0, 0.0);
        for (var position = 0; position < ascending.Length; position++)
        {
            weighted += ((2.0 * (position + 1)) - ascending.Length - 1) * ascending[position];
            total += ascending[position];
        }

        return total > 0 ? weighted / (ascending.Length * total) : 0;
    }

    /// <summary>The share of the total that the largest 1% have, rounded up to whole ones; 0 where there is nothing.</summary>
    public static double TopShare(ReadOnlySpan<double> amounts)
    {
        var ascending = amounts.ToArray();
        Array.Sort(ascending);
        var total = ascending.Sum();
        return total > 0 ? ascending.TakeLast((ascending.Length + TopParts - 1) / TopParts).Sum() / total : 0;
    }
}
