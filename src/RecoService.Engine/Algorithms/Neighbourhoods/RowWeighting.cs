using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>
/// Makes the rows that <see cref="SimilarRows"/> compares out of a matrix of interaction weights: negative entries go, the others are scaled,
/// weighted and centred. What it learnt from the whole matrix it can apply to a row that came later.
/// </summary>
internal sealed class RowWeighting
{
    private const float K1 = 1.2f;
    private const float B = 0.75f;

    /// <summary>A column that nearly every row has still says a little.</summary>
    private const float LowestIdf = 0.01f;

    private readonly Similarity similarity;
    private readonly HistoryWeighting scale;
    private readonly Weighting weighting;
    private readonly float[] idf;
    private readonly float[] columnMeans = [];
    private readonly float meanLength;

    /// <summary>Changes the values of a row in place.</summary>
    public delegate void Finish(Span<float> values);

    /// <param name="matrix">The summed weight of interactions per row and column; above 0 for, below 0 against.</param>
    /// <param name="similarity">What the rows are for.</param>
    /// <param name="scale">How much an entry counts by its weight.</param>
    /// <param name="weighting">Applied to what the scale gave.</param>
    public RowWeighting(SparseMatrix matrix, Similarity similarity, HistoryScale scale, Weighting weighting)
    {
        this.similarity = similarity;
        this.scale = new HistoryWeighting(scale);
        this.weighting = weighting;
        idf = new float[matrix.ColumnCount];
        meanLength = LearnColumns(matrix);
        if (similarity == Similarity.AdjustedCosine)
            columnMeans = ColumnMeans(matrix);
    }

    /// <summary>All rows of a matrix over the same columns. Where nothing is dropped, the places of the cells are shared with it and not copied; where nothing changes, it is the same matrix.</summary>
    /// <param name="matrix">The summed weight of interactions per row and column.</param>
    /// <param name="finish">Changes the values of each row at last; null leaves them as they are.</param>
    public SparseMatrix Apply(SparseMatrix matrix, Finish? finish = null)
    {
        var kept = CountPositive(matrix);
        var isWhole = kept == matrix.NonZeroCount;
        if (isWhole && ChangesNothing && finish is null)
            return matrix;
        var (starts, values) = (new long[matrix.RowCount + 1], new float[kept]);
        var columns = new int[isWhole ? matrix.ColumnCount : kept];
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var start = (int)starts[row];
            starts[row + 1] = start + Apply(matrix.RowColumns(row), matrix.RowValues(row), columns.AsSpan(isWhole ? 0 : start), values.AsSpan(start));
            finish?.Invoke(values.AsSpan(start, (int)starts[row + 1] - start));
        }

        return isWhole ? matrix.WithValues(_ => values) : new SparseMatrix(matrix.ColumnCount, starts, columns, values);
    }

    /// <summary>One row; returns how many of its entries are left.</summary>
    public int Apply(ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, Span<int> keptColumns, Span<float> values)
    {
        var (kept, length) = (0, 0f);
        for (var position = 0; position < columns.Length; position++)
        {
            if (weights[position] <= 0)
                continue;
            keptColumns[kept] = columns[position];
            values[kept] = UsesWeights ? scale.Scaled(weights[position]) : 1;
            length += values[kept++];
        }

        Weight(keptColumns[..kept], values[..kept], length);
        Centre(keptColumns[..kept], values[..kept]);
        return kept;
    }

    private bool UsesWeights => similarity is not (Similarity.Jaccard or Similarity.Dice);

    private bool ChangesNothing => similarity == Similarity.Cosine && scale.Scale == HistoryScale.Linear && weighting == Weighting.None;

    private float Saturated(float value, float length) => value * (K1 + 1) / ((K1 * (1 - B + (B * length / meanLength))) + value);

    private void Weight(ReadOnlySpan<int> columns, Span<float> values, float length)
    {
        if (weighting == Weighting.None || !UsesWeights)
            return;
        for (var position = 0; position < values.Length; position++)
            values[position] = idf[columns[position]] * (weighting == Weighting.TfIdf ? MathF.Sqrt(values[position]) : Saturated(values[position], length));
    }

    private void Centre(ReadOnlySpan<int> columns, Span<float> values)
    {
        if (similarity == Similarity.Pearson)
        {
            var mean = values.IsEmpty ? 0 : System.Numerics.Tensors.TensorPrimitives.Sum<float>(values) / values.Length;
            for (var position = 0; position < values.Length; position++)
                values[position] -= mean;
        }
        else if (columnMeans.Length > 0)
        {
            for (var position = 0; position < values.Length; position++)
                values[position] -= columnMeans[columns[position]];
        }
    }

    private float LearnColumns(SparseMatrix matrix)
    {
        var total = 0.0;
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var weights = matrix.RowValues(row);
            for (var position = 0; position < weights.Length; position++)
            {
                if (weights[position] <= 0)
                    continue;
                idf[matrix.RowColumns(row)[position]]++;
                total += scale.Scaled(weights[position]);
            }
        }

        for (var column = 0; column < idf.Length; column++)
            idf[column] = MathF.Max(MathF.Log(matrix.RowCount / (1 + idf[column])), LowestIdf);
        return (float)(total / Math.Max(1, matrix.RowCount));
    }

    private static int CountPositive(SparseMatrix matrix)
    {
        var count = 0;
        for (var row = 0; row < matrix.RowCount; row++)
        {
            foreach (var weight in matrix.RowValues(row))
                count += weight > 0 ? 1 : 0;
        }

        return count;
    }

    private float[] ColumnMeans(SparseMatrix matrix)
    {
        var weighted = Apply(matrix);
        var sums = new double[matrix.ColumnCount];
        var counts = new int[matrix.ColumnCount];
        for (var row = 0; row < weighted.RowCount; row++)
        {
            var columns = weighted.RowColumns(row);
            for (var position = 0; position < columns.Length; position++)
            {
                sums[columns[position]] += weighted.RowValues(row)[position];
                counts[columns[position]]++;
            }
        }

        return Array.ConvertAll([.. Enumerable.Range(0, sums.Length)], column => counts[column] == 0 ? 0 : (float)(sums[column] / counts[column]));
    }
}
