using System.Buffers;
using System.Runtime.Intrinsics;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>
/// Finds the rows of a matrix of ratings that are most like one. A similarity over n shared columns counts (n - 1) / (n - 1 + shrinkage); rows that share
/// fewer than two are not alike.
/// </summary>
internal sealed class SimilarRatings
{
    private readonly SparseMatrix rows;
    private readonly SparseMatrix rowsOfColumn;
    private readonly RatingSimilarity similarity;
    private readonly float shrinkage;
    private readonly int[] sizes;

    /// <param name="rows">n x m: what is left of ratings, NaN where the column is not to be compared.</param>
    /// <param name="rowsOfColumn">m x n: the same transposed.</param>
    /// <param name="similarity">How two rows are compared.</param>
    /// <param name="shrinkage">Holds back rows that share little, in columns; 0 for none.</param>
    public SimilarRatings(SparseMatrix rows, SparseMatrix rowsOfColumn, RatingSimilarity similarity, float shrinkage)
    {
        this.rows = rows;
        this.rowsOfColumn = rowsOfColumn;
        this.similarity = similarity;
        this.shrinkage = shrinkage;
        sizes = new int[rows.RowCount];
        for (var row = 0; row < sizes.Length; row++)
        {
            foreach (var value in rows.RowValues(row))
                sizes[row] += float.IsNaN(value) ? 0 : 1;
        }
    }

    /// <summary>n x n: in row r the <paramref name="k"/> rows most like r, itself left out and only those with a similarity above 0.</summary>
    public SparseMatrix Nearest(int k, TrainingContext context) => TopRows.Build(rows.RowCount, rows.RowCount, k, context, (row, similarities) =>
    {
        Compare(rows.RowColumns(row), rows.RowValues(row), similarities);
        similarities[row] = 0;
    });

    /// <summary>The similarity of every row to a given one; NaN or 0 where there is none.</summary>
    /// <param name="columns">The given row's columns, none of them one that is not to be compared.</param>
    /// <param name="values">One per column.</param>
    /// <param name="similarities">n values.</param>
    public void Compare(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> similarities)
    {
        var rented = ArrayPool<Vector128<float>>.Shared.Rent(sizes.Length);
        var moments = rented.AsSpan(0, sizes.Length);
        moments.Clear();
        for (var position = 0; position < columns.Length; position++)
            SparseMath.AddMoments(moments, values[position], rowsOfColumn.RowColumns(columns[position]), rowsOfColumn.RowValues(columns[position]));
        for (var row = 0; row < moments.Length; row++)
            similarities[row] = SimilarityOf(moments[row], columns.Length, sizes[row]);
        ArrayPool<Vector128<float>>.Shared.Return(rented);
    }

    /// <param name="moments">Of the shared columns: their number, and the sums of x y, x x and y y.</param>
    /// <param name="size">How many columns the one row has.</param>
    /// <param name="otherSize">How many the other has.</param>
    private float SimilarityOf(Vector128<float> moments, int size, int otherSize)
    {
        var (count, xy, xx, yy) = (moments[0], moments[1], moments[2], moments[3]);
        if (count < 2)
            return 0;
        var whole = similarity switch
        {
            RatingSimilarity.Msd => 1 / (1 + ((xx + yy - (2 * xy)) / count)),
            RatingSimilarity.Jaccard => count / (size + otherSize - count),
            RatingSimilarity.Dice => 2 * count / (size + otherSize),
            _ => xy / MathF.Sqrt(xx * yy),
        };
        return (count - 1) / (count - 1 + shrinkage) * whole;
    }
}
