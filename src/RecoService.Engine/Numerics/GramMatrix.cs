using RecoService.Engine.Training;

namespace RecoService.Engine.Numerics;

/// <summary>Y^T Y, f x f row-major, only the upper triangle meant.</summary>
internal static class GramMatrix
{
    private const int MaxBlocks = 32;
    private const int MinRowsPerBlock = 256;

    /// <summary>The blocks depend on the row count alone and are summed in order, so the thread count does not change a bit of the result.</summary>
    public static float[] Of(FactorMatrix rows, TrainingContext context)
    {
        var rowsPerBlock = Math.Max(MinRowsPerBlock, (rows.RowCount + MaxBlocks - 1) / MaxBlocks);
        var parts = new float[(rows.RowCount + rowsPerBlock - 1) / rowsPerBlock][];
        var ones = new float[rowsPerBlock];
        Array.Fill(ones, 1f);
        context.ForEachBlock(parts.Length, block =>
        {
            var first = block * rowsPerBlock;
            var count = Math.Min(rowsPerBlock, rows.RowCount - first);
            parts[block] = new float[rows.Factors * rows.Factors];
            VectorMath.AddWeightedGram(parts[block], rows.Factors, rows.Values.AsSpan(first * rows.Factors, count * rows.Factors), ones.AsSpan(0, count));
        });

        var gram = new float[rows.Factors * rows.Factors];
        for (var cell = 0; cell < gram.Length; cell++)
        {
            var sum = 0.0;
            foreach (var part in parts)
                sum += part[cell];
            gram[cell] = (float)sum;
        }

        return gram;
    }
}
