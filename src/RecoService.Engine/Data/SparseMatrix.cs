namespace RecoService.Engine.Data;

/// <summary>Compressed sparse rows (CSR). Immutable; columns ascend within a row and stand once.</summary>
public sealed class SparseMatrix
{
    private readonly long[] rowStarts;
    private readonly int[] columns;
    private readonly float[] values;

    /// <param name="columnCount">The number of columns.</param>
    /// <param name="rowStarts">rows + 1 offsets into <paramref name="columns"/>, ascending, the first 0.</param>
    /// <param name="columns">Ascending and distinct within each row.</param>
    /// <param name="values">One per column entry.</param>
    internal SparseMatrix(int columnCount, long[] rowStarts, int[] columns, float[] values)
    {
        ColumnCount = columnCount;
        this.rowStarts = rowStarts;
        this.columns = columns;
        this.values = values;
    }

    public int RowCount => rowStarts.Length - 1;

    public int ColumnCount { get; }

    public int NonZeroCount => columns.Length;

    public static SparseMatrix Empty(int rowCount, int columnCount) => new(columnCount, new long[rowCount + 1], [], []);

    public int RowLength(int row) => (int)(rowStarts[row + 1] - rowStarts[row]);

    public ReadOnlySpan<int> RowColumns(int row) => columns.AsSpan((int)rowStarts[row], RowLength(row));

    public ReadOnlySpan<float> RowValues(int row) => values.AsSpan((int)rowStarts[row], RowLength(row));

    /// <summary>The same entries by column; O(entries).</summary>
    public SparseMatrix Transpose()
    {
        var starts = new long[ColumnCount + 1];
        foreach (var column in columns)
            starts[column + 1]++;
        for (var column = 0; column < ColumnCount; column++)
            starts[column + 1] += starts[column];

        var next = starts.AsSpan(0, ColumnCount).ToArray();
        var rows = new int[columns.Length];
        var transposed = new float[columns.Length];
        for (var row = 0; row < RowCount; row++)
        {
            for (var entry = rowStarts[row]; entry < rowStarts[row + 1]; entry++)
            {
                var place = next[columns[entry]]++;
                rows[place] = row;
                transposed[place] = values[entry];
            }
        }

        return new SparseMatrix(RowCount, starts, rows, transposed);
    }

    /// <summary>Builds a matrix from entries in any order; entries of one cell are summed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An entry lies outside the matrix.</exception>
    public static SparseMatrix FromEntries(int rowCount, int columnCount, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        var starts = new long[rowCount + 1];
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)rowCount);
            starts[row + 1]++;
        }

        for (var row = 0; row < rowCount; row++)
            starts[row + 1] += starts[row];

        var next = starts.AsSpan(0, rowCount).ToArray();
        var placedColumns = new int[columns.Length];
        var placedValues = new float[columns.Length];
        for (var entry = 0; entry < rows.Length; entry++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)columns[entry], (uint)columnCount);
            var place = next[rows[entry]]++;
            placedColumns[place] = columns[entry];
            placedValues[place] = values[entry];
        }

        return Compact(columnCount, starts, placedColumns, placedValues);
    }

    private static SparseMatrix Compact(int columnCount, long[] starts, int[] columns, float[] values)
    {
        var kept = 0;
        var rowStart = 0L;
        for (var row = 0; row < starts.Length - 1; row++)
        {
            var rowEnd = starts[row + 1];
            var rowColumns = columns.AsSpan((int)rowStart, (int)(rowEnd - rowStart));
            var rowValues = values.AsSpan((int)rowStart, rowColumns.Length);
            // Array.Sort is unstable, but equal columns are summed, so their order matters only to the last bit of a float sum;
            // a sum of the few weights of one cell is exact in practice and the same on every run.
            rowColumns.Sort(rowValues);
            var first = kept;
            for (var entry = 0; entry < rowColumns.Length; entry++)
            {
                if (kept > first && columns[kept - 1] == rowColumns[entry])
                {
                    values[kept - 1] += rowValues[entry];
                }
                else
                {
                    columns[kept] = rowColumns[entry];
                    values[kept] = rowValues[entry];
                    kept++;
                }
            }

            rowStart = rowEnd;
            starts[row + 1] = kept;
        }

        return new SparseMatrix(columnCount, starts, columns.AsSpan(0, kept).ToArray(), values.AsSpan(0, kept).ToArray());
    }
}
