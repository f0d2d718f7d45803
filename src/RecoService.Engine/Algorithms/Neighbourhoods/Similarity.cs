namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>How alike two rows a and b of a sparse matrix are. A shrinkage s in the denominator keeps rows that share little from being called alike.</summary>
public enum Similarity
{
    /// <summary>a . b / (|a| |b| + s).</summary>
    Cosine,

    /// <summary>The cosine after the mean of each column's entries was taken from them: Sarwar, Karypis, Konstan, Riedl, WWW 2001. Needs weights that differ.</summary>
    AdjustedCosine,

    /// <summary>The cosine after the mean of each row's entries was taken from them. Needs weights that differ.</summary>
    Pearson,

    /// <summary>Shared columns / (columns of either + s); weights do not count.</summary>
    Jaccard,

    /// <summary>Shared columns / (columns of a + columns of b + s); weights do not count.</summary>
    Dice,
}
