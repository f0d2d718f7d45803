namespace RecoService.Engine.Numerics;

/// <summary>rows x factors in one flat row-major array. A row of NaN is unknown.</summary>
public sealed class FactorMatrix
{
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="factors">The length of a row.</param>
    public FactorMatrix(int rowCount, int factors)
        : this(rowCount, factors, new float[checked(rowCount * factors)])
    {
    }

    /// <param name="rowCount">The number of rows.</param>
    /// <param name="factors">The length of a row.</param>
    /// <param name="values">rowCount x factors values, row-major; not copied.</param>
    public FactorMatrix(int rowCount, int factors, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, checked(rowCount * factors));
        RowCount = rowCount;
        Factors = factors;
        Values = values;
    }

    public int RowCount { get; }

    public int Factors { get; }

    /// <summary>The flat values, row-major; for trainers and kernels.</summary>
    internal float[] Values { get; }

    public ReadOnlySpan<float> this[int row] => Values.AsSpan(row * Factors, Factors);

    internal Span<float> Row(int row) => Values.AsSpan(row * Factors, Factors);
}
