using RecoService.Engine.Data;

namespace RecoService.Lab.Tuning;

/// <summary>What the service has stored, and how it trains on it.</summary>
/// <param name="Dataset">All interactions, with the items' content.</param>
/// <param name="Trainers">The configured options by trainer name.</param>
/// <param name="HoldoutFraction">How much a model run holds out, 0..1.</param>
/// <param name="MinJudgedUsers">How many users a model run wants to judge by.</param>
public sealed record StoredInput(InteractionDataset Dataset, IReadOnlyDictionary<string, object> Trainers, double HoldoutFraction, int MinJudgedUsers);
