using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Numerics;

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

    /// <param name="columnCount">The number of columns.</param>
    /// <param name="rowLengths">How many entries each row has.</param>
    /// <param name="columns">Row after row, ascending and distinct within each.</param>
    /// <param name="values">One per column entry.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public static SparseMatrix FromRows(int columnCount, ReadOnlySpan<int> rowLengths, int[] columns, float[] values)
    {
        var starts = new long[rowLengths.Length + 1];
        for (var row = 0; row < rowLengths.Length; row++)
            starts[row + 1] = starts[row] + rowLengths[row];
        if (starts[^1] != columns.Length || values.Length != columns.Length)
            throw new ArgumentException($"The rows hold {starts[^1]} entries; given were {columns.Length} columns and {values.Length} values.", nameof(columns));

        for (var row = 0; row < rowLengths.Length; row++)
        {
            var previous = -1;
            foreach (var column in columns.AsSpan((int)starts[row], rowLengths[row]))
            {
                if (column <= previous || column >= columnCount)
                    throw new ArgumentException($"The columns of row {row} must ascend below {columnCount}: {column} stands after {previous}.", nameof(columns));
                previous = column;
            }
        }

        return new SparseMatrix(columnCount, starts, columns, values);
    }

    public bool AllFinite() => VectorMath.AllFinite(values);

    /// <summary>Other rows and columns: those that are picked, in their new places.</summary>
    /// <param name="rows">For each row of the result the row it comes from; -1: it is empty.</param>
    /// <param name="columnPositions">For each column its place in the result, ascending; -1: it is dropped.</param>
    /// <param name="count">How many columns the result has.</param>
    internal SparseMatrix Pick(ReadOnlySpan<int> rows, ReadOnlySpan<int> columnPositions, int count)
    {
        var starts = new long[rows.Length + 1];
        var keptColumns = new List<int>(columns.Length);
        var keptValues = new List<float>(columns.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var entry = rows[row] < 0 ? 0 : rowStarts[rows[row]]; rows[row] >= 0 && entry < rowStarts[rows[row] + 1]; entry++)
            {
                if (columnPositions[columns[entry]] is >= 0 and var column)
                {
                    keptColumns.Add(column);
                    keptValues.Add(values[entry]);
                }
            }

            starts[row + 1] = keptColumns.Count;
        }

        return new SparseMatrix(count, starts, [.. keptColumns], [.. keptValues]);
    }

    public int RowLength(int row) => (int)(rowStarts[row + 1] - rowStarts[row]);

    /// <summary>Where the row begins among all entries.</summary>
    internal long RowStart(int row) => rowStarts[row];

    /// <summary>The value of an entry, counted from the first one of the first row.</summary>
    internal float ValueOf(int entry) => values[entry];

    public ReadOnlySpan<int> RowColumns(int row) => columns.AsSpan((int)rowStarts[row], RowLength(row));

    public ReadOnlySpan<float> RowValues(int row) => values.AsSpan((int)rowStarts[row], RowLength(row));

    /// <summary>Adds a row, times a number, to a dense one. Its columns were held against the number of columns when the matrix was made.</summary>
    /// <param name="row">Which.</param>
    /// <param name="scale">What its values are multiplied by.</param>
    /// <param name="sums">A number per column.</param>
    internal void AddRow(int row, float scale, Span<float> sums)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, ColumnCount, nameof(sums));
        SparseMath.AddScaledWithin(ref MemoryMarshal.GetReference(sums), scale, RowColumns(row), RowValues(row));
    }

    /// <summary>The same cells with other values; the places of the cells are shared, not copied.</summary>
    /// <param name="compute">Gives one new value for each old one, row after row.</param>
    internal SparseMatrix WithValues(Func<ReadOnlySpan<float>, float[]> compute) => new(ColumnCount, rowStarts, columns, compute(values));

    /// <summary>The same entries, each row divided by its sum; a row that sums to 0 stays as it is.</summary>
    public SparseMatrix WithUnitRowSums()
    {
        var scaled = (float[])values.Clone();
        for (var row = 0; row < RowCount; row++)
        {
            var rowValues = scaled.AsSpan((int)rowStarts[row], RowLength(row));
            if (TensorPrimitives.Sum<float>(rowValues) is not 0 and var sum)
                TensorPrimitives.Divide(rowValues, sum, rowValues);
        }

        return new SparseMatrix(ColumnCount, rowStarts, columns, scaled);
    }

    /// <summary>These cells with the values that another matrix has in its transpose; O(entries).</summary>
    /// <param name="transposed">|columns| x |rows|, with exactly these cells.</param>
    internal SparseMatrix WithValuesOf(SparseMatrix transposed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(transposed.ColumnCount, RowCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(transposed.NonZeroCount, NonZeroCount);
        var next = rowStarts.AsSpan(0, RowCount).ToArray();
        var taken = new float[columns.Length];
        for (var column = 0; column < transposed.RowCount; column++)
        {
            for (var entry = transposed.rowStarts[column]; entry < transposed.rowStarts[column + 1]; entry++)
                taken[next[transposed.columns[entry]]++] = transposed.values[entry];
        }

        return new SparseMatrix(ColumnCount, rowStarts, columns, taken);
    }

    /// <summary>For each entry of the transpose, row after row, which entry it is here; O(entries).</summary>
    internal int[] EntriesByColumn()
    {
        var next = new int[ColumnCount + 1];
        foreach (var column in columns)
            next[column + 1]++;
        for (var column = 0; column < ColumnCount; column++)
            next[column + 1] += next[column];

        var entries = new int[columns.Length];
        for (var entry = 0; entry < columns.Length; entry++)
            entries[next[columns[entry]]++] = entry;
        return entries;
    }

    /// <summary>The same entries by column; O(entries).</summary>
    /// <param name="valueOf">Makes the new value of each; null leaves it as it is.</param>
    public SparseMatrix Transpose(Func<float, float>? valueOf = null)
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
                var position = next[columns[entry]]++;
                rows[position] = row;
                transposed[position] = valueOf is null ? values[entry] : valueOf(values[entry]);
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
            var position = next[rows[entry]]++;
            placedColumns[position] = columns[entry];
            placedValues[position] = values[entry];
        }

        return Compact(columnCount, starts, placedColumns, placedValues);
    }

    /// <summary>Joins rows made one by one; each is let go as soon as it is copied.</summary>
    /// <param name="columnCount">The number of columns.</param>
    /// <param name="rows">Columns, ascending and distinct, and their values; emptied.</param>
    /// <exception cref="ArgumentException">There are more entries than an array can hold.</exception>
    internal static SparseMatrix Join(int columnCount, (int[] Columns, float[] Values)[] rows)
    {
        var starts = new long[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
            starts[row + 1] = starts[row] + rows[row].Columns.Length;
        if (starts[^1] > Array.MaxLength)
            throw new ArgumentException($"{starts[^1]:N0} entries are more than a matrix can hold.", nameof(rows));

        var joined = new int[starts[^1]];
        var joinedValues = new float[starts[^1]];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].Columns.CopyTo(joined, (int)starts[row]);
            rows[row].Values.CopyTo(joinedValues, (int)starts[row]);
            rows[row] = ([], []);
        }

        return new SparseMatrix(columnCount, starts, joined, joinedValues);
    }

    /// <summary>Builds a matrix from entries that stand row after row, in any order within a row; entries of one cell are summed.</summary>
    /// <param name="columnCount">The number of columns.</param>
    /// <param name="starts">rows + 1 offsets into <paramref name="columns"/>; used and changed.</param>
    /// <param name="columns">Below <paramref name="columnCount"/>; used and changed.</param>
    /// <param name="values">One per column entry; used and changed.</param>
    internal static SparseMatrix FromGroupedRows(int columnCount, long[] starts, int[] columns, float[] values) => Compact(columnCount, starts, columns, values);

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

        Array.Resize(ref columns, kept);
        Array.Resize(ref values, kept);
        return new SparseMatrix(columnCount, starts, columns, values);
    }
}
