using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// The regularization of the rows of one side, where an unobserved pair weighs 1: lambda of a row of n entries is Factor (n + Offset)^Exponent.
/// Rendle, Krichene, Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022.
/// </summary>
/// <param name="Factor">Above 0.</param>
/// <param name="Offset">In entries, at least 0.</param>
/// <param name="Exponent">0 for the same regularization of all rows.</param>
internal readonly record struct RowRegularization(float Factor, float Offset = 0, float Exponent = 0)
{
    /// <param name="options">Hyperparameters.</param>
    /// <param name="rows">The entries of this side, a row per row.</param>
    /// <param name="otherSide">The same by row of the other side.</param>
    public static RowRegularization Of(ImplicitAlsOptions options, SparseMatrix rows, SparseMatrix otherSide)
    {
        var lambda = options.Regularization / options.UnobservedWeight;
        var isEven = options.RegularizationScale is RegularizationScale.None or RegularizationScale.MeanFrequency;
        var isWhole = options.RegularizationScale is RegularizationScale.None or RegularizationScale.RelativeFrequency;
        var exponent = options.RegularizationExponent ?? (isEven ? 0 : 1);
        var offset = options.RegularizationScale is RegularizationScale.WeightedFrequency ? options.UnobservedWeight * UsedRows(otherSide) : 0;

        // The exponent shares the same sum out among the rows in another way, so that lambda means the same with any.
        var (sum, powers) = (0.0, 0.0);
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (rows.RowLength(row) == 0)
                continue;
            sum += isWhole ? 1 : rows.RowLength(row) + offset;
            powers += Math.Pow(rows.RowLength(row) + offset, exponent);
        }

        return new RowRegularization(powers == 0 ? lambda : (float)(lambda * (sum / powers)), offset, exponent);
    }

    /// <summary>lambda of a row.</summary>
    /// <param name="entries">How many entries it has.</param>
    public float Of(int entries) => Exponent == 0 ? Factor : Factor * MathF.Pow(entries + Offset, Exponent);

    private static int UsedRows(SparseMatrix matrix) => Enumerable.Range(0, matrix.RowCount).Count(row => matrix.RowLength(row) > 0);
}
