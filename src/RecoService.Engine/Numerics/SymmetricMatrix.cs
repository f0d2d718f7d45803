namespace RecoService.Engine.Numerics;

/// <summary>
/// A large symmetric n x n matrix; only the lower triangle is stored, in about n^2 / 2 floats. Rows lie in strips of 32: the rows of strip s
/// have 32 (s + 1) columns, row-major, so that whole tiles of 32 x 32 can be worked on. Above the diagonal within a strip nothing is meant.
/// </summary>
internal sealed class SymmetricMatrix
{
    /// <summary>Rows of a strip.</summary>
    public const int StripRows = TileKernel.Width;

    /// <summary>The largest order whose values one array can hold.</summary>
    public const int MaxOrder = 65_000;

    private readonly float[] values;

    /// <summary>All zero; rows added to fill the last strip are those of the unit matrix, so that they disturb no inverse.</summary>
    /// <param name="order">n, 0 to <see cref="MaxOrder"/>.</param>
    public SymmetricMatrix(int order)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)order, (uint)MaxOrder);
        Order = order;
        StripCount = (order + StripRows - 1) / StripRows;
        values = new float[StartOf(StripCount)];
        for (var padding = order; padding < StripCount * StripRows; padding++)
            Row(padding)[padding] = 1;
    }

    public int Order { get; }

    public int StripCount { get; }

    public float this[int row, int column] => row >= column ? Row(row)[column] : Row(column)[row];

    /// <summary>The memory a matrix of this order takes.</summary>
    public static long BytesFor(int order) => sizeof(float) * StartOf((order + StripRows - 1) / StripRows);

    /// <summary>The length of the rows of a strip.</summary>
    public static int WidthOf(int strip) => StripRows * (strip + 1);

    /// <summary>32 rows of <see cref="WidthOf"/> values.</summary>
    public Span<float> Strip(int strip) => values.AsSpan((int)StartOf(strip), StripRows * WidthOf(strip));

    /// <summary>Row i up to its diagonal: i + 1 values.</summary>
    public Span<float> Row(int row)
    {
        var strip = row / StripRows;
        return values.AsSpan((int)StartOf(strip) + (row % StripRows * WidthOf(strip)), row + 1);
    }

    public void AddToDiagonal(float value)
    {
        for (var row = 0; row < Order; row++)
            Row(row)[row] += value;
    }

    /// <summary>Writes the rows of a strip in full, both sides of the diagonal.</summary>
    /// <param name="strip">Which 32 rows.</param>
    /// <param name="rows">32 x n, row-major; rows beyond the order are left as they were.</param>
    public void CopyFullRows(int strip, Span<float> rows)
    {
        var first = strip * StripRows;
        var count = Math.Min(StripRows, Order - first);
        for (var row = 0; row < count; row++)
            Row(first + row).CopyTo(rows[(row * Order)..]);
        for (var below = first + 1; below < Order; below++)
        {
            var source = Row(below)[first..Math.Min(below, first + count)];
            for (var row = 0; row < source.Length; row++)
                rows[(row * Order) + below] = source[row];
        }
    }

    private static long StartOf(int strip) => (long)StripRows * StripRows / 2 * strip * (strip + 1);
}
