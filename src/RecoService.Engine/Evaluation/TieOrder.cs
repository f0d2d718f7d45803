namespace RecoService.Engine.Evaluation;

/// <summary>Which of equally scored items stands first. Where many scores are equal, as in popularity, it shows in the third decimal.</summary>
public enum TieOrder
{
    /// <summary>The lower item index: what the service does.</summary>
    LowerIndexFirst,

    /// <summary>
    /// As a quickselect over the scores of all items leaves them. The tables of Ferrari Dacrema et al. (TOIS 2021) were measured so (a partition of the scores,
    /// then a sort of the first k), and no fixed order of the items gives their figures of TopPopular: with it they are met to every printed decimal.
    /// </summary>
    AsSelected,
}
