using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>Weighs counted terms by how well they tell items apart.</summary>
internal static class TermWeights
{
    /// <summary>|I| x terms, each row of length 1; rows and columns where nothing is left are empty.</summary>
    /// <param name="counts">|I| x terms: occurrences tf of a term in an item, above 0.</param>
    /// <param name="options">The weighting.</param>
    public static SparseMatrix Of(SparseMatrix counts, ContentOptions options)
    {
        var importances = Importances(counts, options);
        var lengths = Lengths(counts);
        var meanLength = lengths.Where(length => length > 0).DefaultIfEmpty(1).Average();
        var rows = new (int[] Columns, float[] Values)[counts.RowCount];
        for (var item = 0; item < rows.Length; item++)
            rows[item] = UnitRow(counts, item, importances, lengths[item] / meanLength, options);
        return SparseMatrix.Join(counts.ColumnCount, rows);
    }

    /// <summary>The inverse document frequency of each term: ln(N / n), or for BM25 ln(1 + (N - n + 0.5) / (n + 0.5)), which stays above 0. 0 for terms that are left out.</summary>
    private static float[] Importances(SparseMatrix counts, ContentOptions options)
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

    private static double[] Lengths(SparseMatrix counts)
    {
        var lengths = new double[counts.RowCount];
        for (var item = 0; item < lengths.Length; item++)
        {
            foreach (var occurrences in counts.RowValues(item))
                lengths[item] += occurrences;
        }

        return lengths;
    }

    private static (int[] Columns, float[] Values) UnitRow(SparseMatrix counts, int item, float[] importances, double relativeLength, ContentOptions options)
    {
        var kept = new List<int>();
        var weights = new List<float>();
        var terms = counts.RowColumns(item);
        var occurrences = counts.RowValues(item);
        for (var place = 0; place < terms.Length; place++)
        {
            if (importances[terms[place]] > 0)
            {
                kept.Add(terms[place]);
                weights.Add(importances[terms[place]] * Saturated(occurrences[place], relativeLength, options));
            }
        }

        float[] row = [.. weights];
        VectorMath.Scale(row, row.Length == 0 ? 1 : 1 / VectorMath.Norm(row));
        return ([.. kept], row);
    }

    /// <summary>tf, or for BM25 tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length)).</summary>
    private static float Saturated(float occurrences, double relativeLength, ContentOptions options)
    {
        if (options.Weighting == TermWeighting.TfIdf)
            return occurrences;
        var lengthFactor = 1 - options.LengthNormalization + (options.LengthNormalization * relativeLength);
        return (float)(occurrences * (options.Saturation + 1) / (occurrences + (options.Saturation * lengthFactor)));
    }
}
