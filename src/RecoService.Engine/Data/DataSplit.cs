namespace RecoService.Engine.Data;

/// <summary>A dataset in two, over the same key maps.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Holdout">What the learned is judged on.</param>
public record DataSplit(InteractionDataset Train, InteractionDataset Holdout)
{
    /// <summary>When the users of the holdout are given lists, in Unix milliseconds; null where each has a time of their own.</summary>
    public virtual long? TimeOfLists => null;
}
