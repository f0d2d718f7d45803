namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>How alike two items are, by the users who rated both; or two users, by the items that both rated.</summary>
public enum RatingSimilarity
{
    /// <summary>1 / (1 + the mean squared difference).</summary>
    Msd,

    /// <summary>The cosine of the ratings.</summary>
    Cosine,

    /// <summary>The cosine of the ratings' deviations from the mean of each of the two.</summary>
    Pearson,

    /// <summary>The cosine of the ratings' deviations from the mean and both biases.</summary>
    PearsonBaseline,

    /// <summary>The cosine of the ratings' deviations from the mean of the other side: between items from each user's mean, between users from each item's.
    /// Sarwar, Karypis, Konstan, Riedl, WWW 2001.</summary>
    AdjustedCosine,

    /// <summary>Ratings of both / ratings of either; what they say does not count.</summary>
    Jaccard,

    /// <summary>2 x ratings of both / (ratings of the one + ratings of the other); what they say does not count.</summary>
    Dice,
}
