using RecoService.Engine.Training;

namespace RecoService.Engine.Computing;

/// <param name="Stage">What is being done, in a word or two.</param>
/// <param name="Fraction">How much of it is done, 0..1.</param>
public readonly record struct TrainingProgress(string Stage, double Fraction);
