using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tuning;

/// <summary>How a trainer did on a validation part, by the one figure that is compared.</summary>
/// <param name="Value">The protocol's list metric, or RMSE.</param>
/// <param name="Lists">What it was read from; null for ratings.</param>
/// <param name="Ratings">What it was read from; null for lists.</param>
public sealed record Measurement(double Value, RankingResult? Lists, RatingResult? Ratings)
{
    /// <summary>RMSE is better when it is lower.</summary>
    public bool IsBetterThan(Measurement other) => Ratings is null ? Value > other.Value : Value < other.Value;
}
