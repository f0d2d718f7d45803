using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>Finds the rows of a sparse matrix that are most like one: an inverted index from columns to rows, and every row's length.</summary>
internal sealed class SimilarRows
{
    /// <summary>Keeps the similarity of an empty row 0 and not undefined.</summary>
    private const float Tiny = 1e-6f;

    private readonly SparseMatrix rows;
    private readonly SparseMatrix rowsOfColumn;
    private readonly Similarity similarity;
    private readonly float shrinkage;
    private readonly float[] sizes;

    /// <param name="rows">n x m, as <see cref="RowWeighting"/> makes them.</param>
    /// <param name="similarity">How two rows are compared.</param>
    /// <param name="shrinkage">Added to the denominator; 0 for none.</param>
    /// <param name="source">m x n: the transpose of what was weighted, where it is at hand. When weighting dropped nothing, its cells are shared and not made again.</param>
    public SimilarRows(SparseMatrix rows, Similarity similarity, float shrinkage, SparseMatrix? source = null)
    {
        this.rows = rows;
        this.similarity = similarity;
        this.shrinkage = shrinkage;
        rowsOfColumn = source?.NonZeroCount == rows.NonZeroCount ? source.WithValuesOf(rows) : rows.Transpose();
        sizes = new float[rows.RowCount];
        for (var row = 0; row < sizes.Length; row++)
            sizes[row] = SizeOf(rows.RowValues(row));
    }

    /// <summary>n x n: in row r the <paramref name="k"/> rows most like r, itself left out and only those with a similarity above 0.</summary>
    public SparseMatrix Nearest(int k, TrainingContext context) => TopRows.Build(rows.RowCount, rows.RowCount, k, context, (row, similarities) =>
    {
        Compare(rows.RowColumns(row), rows.RowValues(row), similarities);
        similarities[row] = 0;
    });

    /// <summary>The similarity of every row to a given one.</summary>
    /// <param name="columns">The given row's columns, ascending.</param>
    /// <param name="values">One per column.</param>
    /// <param name="similarities">n values.</param>
    public void Compare(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> similarities)
    {
        similarities.Clear();
        for (var position = 0; position < columns.Length; position++)
            SparseMath.AddScaled(similarities, values[position], rowsOfColumn.RowColumns(columns[position]), rowsOfColumn.RowValues(columns[position]));

        var size = SizeOf(values);
        switch (similarity)
        {
            case Similarity.Jaccard:
                SparseMath.DivideByUnion(similarities, sizes, size + shrinkage + Tiny);
                break;
            case Similarity.Dice:
                SparseMath.DivideBySum(similarities, sizes, 1, size + shrinkage + Tiny);
                break;
            default:
                SparseMath.DivideBySum(similarities, sizes, size, shrinkage + Tiny);
                break;
        }
    }

    private float SizeOf(ReadOnlySpan<float> values) => similarity is Similarity.Jaccard or Similarity.Dice ? values.Length : VectorMath.Norm(values);
}
