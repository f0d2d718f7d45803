using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>Weighs counted terms by how well they tell items apart.</summary>
/// <param name="options">The weighting.</param>
/// <param name="importances">The inverse document frequency of each term; 0 for terms that are left out.</param>
/// <param name="meanLength">How many occurrences an item that has any has on average.</param>
internal sealed class TermWeights(ContentOptions options, float[] importances, double meanLength)
{
    public float[] Importances => importances;

    public double MeanLength => meanLength;

    /// <summary>Learns from a catalogue what each term is worth.</summary>
    /// <param name="counts">|I| x terms: occurrences tf of a term in an item, above 0.</param>
    /// <param name="options">The weighting.</param>
    public static TermWeights Of(SparseMatrix counts, ContentOptions options) => new(
        options, ImportancesOf(counts, options),
        Enumerable.Range(0, counts.RowCount).Select(item => LengthOf(counts.RowValues(item))).Where(length => length > 0).DefaultIfEmpty(1).Average());

    /// <summary>|I| x terms, each row of length 1; rows and columns where nothing is left are empty.</summary>
    public SparseMatrix Weigh(SparseMatrix counts)
    {
        var rows = new (int[] Columns, float[] Values)[counts.RowCount];
        for (var item = 0; item < rows.Length; item++)
            rows[item] = UnitRow(counts.RowColumns(item), counts.RowValues(item), LengthOf(counts.RowValues(item)));
        return SparseMatrix.Join(counts.ColumnCount, rows);
    }

    /// <summary>One item's terms that are left and their weights, of length 1 together or empty.</summary>
    /// <param name="terms">Distinct.</param>
    /// <param name="occurrences">One per term.</param>
    /// <param name="length">How many occurrences the item has, those of unknown terms among them.</param>
    public (int[] Terms, float[] Weights) UnitRow(ReadOnlySpan<int> terms, ReadOnlySpan<float> occurrences, double length)
    {
        var kept = new List<int>();
        var weights = new List<float>();
        for (var position = 0; position < terms.Length; position++)
        {
            if (importances[terms[position]] > 0)
            {
                kept.Add(terms[position]);
                weights.Add(importances[terms[position]] * Saturated(occurrences[position], length / meanLength));
            }
        }

        float[] row = [.. weights];
        VectorMath.Scale(row, row.Length == 0 ? 1 : 1 / VectorMath.Norm(row));
        return ([.. kept], row);
    }

    /// <summary>ln(N / n), or for BM25 ln(1 + (N - n + 0.5) / (n + 0.5)), which stays above 0.</summary>
    private static float[] ImportancesOf(SparseMatrix counts, ContentOptions options)
    {
        var withTerm = new int[counts.ColumnCount];
        var described = 0;
        for (var item = 0; item < counts.RowCount; item++)
        {
            described += counts.RowLength(item) > 0 ? 1 : 0;
            foreach (var term in counts.RowColumns(item))
                withTerm[term]++;
        }

        // What one item alone has is never too common, or the first item of a shop would have no terms.
        var mostItems = Math.Max(1, options.MaxItemShare * (double)described);
        return Array.ConvertAll(withTerm, n => n > mostItems ? 0 : options.Weighting == TermWeighting.TfIdf
            ? (float)Math.Log((double)described / n)
            : (float)Math.Log(1 + ((described - n + 0.5) / (n + 0.5))));
    }

    private static double LengthOf(ReadOnlySpan<float> occurrences)
    {
        var length = 0.0;
        foreach (var count in occurrences)
            length += count;
        return length;
    }

    /// <summary>tf, or for BM25 tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)).</summary>
    private float Saturated(float occurrences, double relativeLength)
    {
        if (options.Weighting == TermWeighting.TfIdf)
            return occurrences;
        var lengthFactor = 1 - options.LengthNormalization + (options.LengthNormalization * relativeLength);
        return (float)(occurrences * (options.Saturation + 1) / (occurrences + (options.Saturation * lengthFactor)));
    }
}
