namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>What is taken from ratings before they are averaged over neighbours, and added again afterwards. An item's neighbours are items, a user's are users.</summary>
public enum RatingCentering
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The mean of the item's ratings where its neighbours are asked, of the user's where theirs are.</summary>
    Mean,

    /// <summary>The same mean; what is left is divided by the standard deviation of the same ratings.</summary>
    ZScore,

    /// <summary>The mean of all ratings, the user's bias and the item's bias.</summary>
    Baseline,
}
