using System.Buffers;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Numerics;

/// <summary>Y^T Y, f x f row-major, both triangles.</summary>
internal static class GramMatrix
{
    private const int MaxBlocks = 32;
    private const int MinRowsPerBlock = 256;

    /// <summary>The blocks depend on the row count alone and are summed in order, so the thread count does not change a bit of the result.</summary>
    public static float[] Of(FactorMatrix rows, TrainingContext context)
    {
        var rowsPerBlock = Math.Max(MinRowsPerBlock, (rows.RowCount + MaxBlocks - 1) / MaxBlocks);
        var parts = new float[(rows.RowCount + rowsPerBlock - 1) / rowsPerBlock][];
        context.ForEachBlock(parts.Length, block =>
        {
            var first = block * rowsPerBlock;
            var count = Math.Min(rowsPerBlock, rows.RowCount - first);
            parts[block] = ArrayPool<float>.Shared.Rent(rows.Factors * rows.Factors);
            parts[block].AsSpan(0, rows.Factors * rows.Factors).Clear();
            SymmetricKernels.AddGram(parts[block], rows.Factors, rows.Values.AsSpan(first * rows.Factors, count * rows.Factors));
        });

        var gram = new float[rows.Factors * rows.Factors];
        for (var cell = 0; cell < gram.Length; cell++)
        {
            var sum = 0.0;
            foreach (var part in parts)
                sum += part[cell];
            gram[cell] = (float)sum;
        }

        foreach (var part in parts)
            ArrayPool<float>.Shared.Return(part);
        Mirror(gram, rows.Factors);
        return gram;
    }

    private static void Mirror(float[] upper, int n)
    {
        for (var i = 1; i < n; i++)
        {
            for (var j = 0; j < i; j++)
                upper[(i * n) + j] = upper[(j * n) + i];
        }
    }
}
