namespace RecoService.Engine.Evaluation;

/// <summary>How unevenly a total is spread over items, from how many items have each count.</summary>
/// <param name="Gini">Gini coefficient: 0 when all have as much, (n - 1) / n when one of n has it all.</param>
/// <param name="TopShare">The share of the total that the 1% of the items with the most have, rounded up to whole items; 0 to 1.</param>
public readonly record struct Concentration(double Gini, double TopShare)
{
    private const int TopParts = 100;

    /// <param name="ascending">A count above 0, and how many items have it; each count once, the smallest first.</param>
    /// <returns>Null where there is no item.</returns>
    public static Concentration? Of(IReadOnlyList<(long Count, long Items)> ascending)
    {
        var (items, total) = (ascending.Sum(step => step.Items), ascending.Sum(step => step.Count * step.Items));
        if (total == 0)
            return null;
        // Items s + 1 to s + m of n in ascending order add m (2 s + m - n) times their count to the sum of (2 i - n - 1) c_i.
        var (weighted, start) = (0.0, 0L);
        foreach (var step in ascending)
        {
            weighted += (double)step.Items * ((2 * start) + step.Items - items) * step.Count;
            start += step.Items;
        }

        var left = (items + TopParts - 1) / TopParts;
        var top = 0L;
        for (var position = ascending.Count - 1; left > 0; position--)
        {
            var taken = Math.Min(left, ascending[position].Items);
            top += taken * ascending[position].Count;
            left -= taken;
        }

        return new Concentration(weighted / ((double)items * total), (double)top / total);
    }
}
