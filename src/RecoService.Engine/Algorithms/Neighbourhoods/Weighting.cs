namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>How the entries of a matrix are weighted before its rows are compared: a row is the document, a column the term.</summary>
public enum Weighting
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>sqrt(value) x ln(rows / (1 + rows with the column)).</summary>
    TfIdf,

    /// <summary>Okapi BM25, k1 = 1.2 and b = 0.75: long rows count less per entry, and a high value little more than a low one.</summary>
    Bm25,
}
