using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation;

/// <summary>Three parts over the same key maps: the last interaction of each user tests, the one before it validates.</summary>
/// <param name="Train">Everything before those two.</param>
/// <param name="Validation">The last but one interaction of each user with at least three.</param>
/// <param name="Test">The last interaction of each user with at least two.</param>
/// <param name="TrainAndValidation">Both, for the model that is judged on the test part.</param>
public sealed record LeaveLastOutSplit(InteractionDataset Train, InteractionDataset Validation, InteractionDataset Test, InteractionDataset TrainAndValidation);
