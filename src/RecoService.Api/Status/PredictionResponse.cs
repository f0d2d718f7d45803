using RecoService.Api.Serving;

namespace RecoService.Api.Status;

/// <param name="LearnedAt">When this process last learned, UTC; null: not since its start.</param>
/// <param name="Missing">What it takes until probabilities are predicted; null where they are.</param>
/// <param name="ShownItems">How many shown items it learned from.</param>
/// <param name="Clicks">How many of them were clicked.</param>
/// <param name="Purchases">How many were bought.</param>
/// <param name="ClickModel">How good the probabilities of clicks are; null where there are none.</param>
/// <param name="PurchaseModel">How good those of purchases are.</param>
internal sealed record PredictionResponse(DateTimeOffset? LearnedAt, string? Missing, int ShownItems, int Clicks, int Purchases, ResponseModelResponse? ClickModel, ResponseModelResponse? PurchaseModel)
{
    public static PredictionResponse Of(ResponseFollower follower)
    {
        var learned = follower.Last?.Learned;
        return new PredictionResponse(
            follower.Last?.At, follower.Missing, learned?.ShownItems ?? 0, learned?.Clicks ?? 0, learned?.Purchases ?? 0, ResponseModelResponse.Of(learned?.Predictor?.Clicks), ResponseModelResponse.Of(learned?.Predictor?.Purchases));
    }
}
