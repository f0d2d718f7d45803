namespace RecoService.Engine.Evaluation;

/// <summary>A 95% confidence interval.</summary>
public readonly record struct Interval(double Low, double High);

/// <param name="Mean">The mean over users of candidate nDCG - reference nDCG.</param>
/// <param name="Interval">Student's t, paired by user, 95%; [-1, 1] for fewer than two users.</param>
/// <param name="UserCount">How many users were compared.</param>
public sealed record PairedComparison(double Mean, Interval Interval, int UserCount);
