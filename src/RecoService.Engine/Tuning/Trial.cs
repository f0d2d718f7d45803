namespace RecoService.Engine.Tuning;

/// <summary>One configuration, trained and judged once.</summary>
/// <param name="Number">Which configuration: 0 is the one that the search began with.</param>
/// <param name="Options">The options.</param>
/// <param name="Fraction">The part of the users it was tried on, above 0 to 1.</param>
/// <param name="Value">The compared figure; null when there is none.</param>
/// <param name="Seconds">Training and judging.</param>
/// <param name="Failure">Why there is no figure.</param>
public sealed record Trial(int Number, object Options, double Fraction, double? Value, double Seconds, string? Failure);

/// <param name="Fraction">How much of the budget is used, 0..1.</param>
/// <param name="Trials">How many trials are over.</param>
/// <param name="Best">The best figure on all users so far, or null.</param>
/// <param name="Doing">What is being done, in a few words.</param>
public readonly record struct SearchProgress(double Fraction, int Trials, double? Best, string Doing);
