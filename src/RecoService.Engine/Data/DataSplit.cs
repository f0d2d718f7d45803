namespace RecoService.Engine.Data;

/// <summary>A dataset in two, over the same key maps.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Holdout">What the learned is judged on.</param>
public record DataSplit(InteractionDataset Train, InteractionDataset Holdout);
