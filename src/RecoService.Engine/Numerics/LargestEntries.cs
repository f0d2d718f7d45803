namespace RecoService.Engine.Numerics;

/// <summary>Makes dense rows sparse: keeps the entries of largest magnitude. Reusable, not thread-safe.</summary>
/// <param name="capacity">How many entries of a row to keep, at least 0.</param>
internal sealed class LargestEntries(int capacity)
{
    private readonly TopK best = new(capacity);
    private readonly int[] positions = new int[capacity];
    private readonly float[] magnitudes = new float[capacity];

    /// <summary>The kept entries of a row, columns ascending; zeros are never kept.</summary>
    /// <param name="row">Finite values.</param>
    /// <param name="columns">The column that each place of the row means, ascending.</param>
    public (int[] Columns, float[] Values) Of(ReadOnlySpan<float> row, ReadOnlySpan<int> columns)
    {
        for (var position = 0; position < row.Length; position++)
        {
            var magnitude = Math.Abs(row[position]);
            if (magnitude > 0 && magnitude > best.Threshold)
                best.Offer(position, magnitude);
        }

        var count = best.Drain(positions, magnitudes);
        var kept = positions.AsSpan(0, count);
        kept.Sort();
        var (keptColumns, keptValues) = (new int[count], new float[count]);
        for (var index = 0; index < count; index++)
            (keptColumns[index], keptValues[index]) = (columns[kept[index]], row[kept[index]]);
        return (keptColumns, keptValues);
    }
}
