using RecoService.Api.Serving;

namespace RecoService.Api.Retraining;

/// <summary>How good the probabilities of clicks and purchases were at the time of a run, as the replica that carried it out had learned them last. They are no part of its models.</summary>
/// <param name="LearnedAt">UTC.</param>
/// <param name="ShownItems">How many shown items they were learned from.</param>
/// <param name="Clicks">How many of them were clicked.</param>
/// <param name="Purchases">How many were bought.</param>
/// <param name="ClickModel">Of clicks.</param>
/// <param name="PurchaseModel">Of purchases; null where too little was bought.</param>
internal sealed record PredictionMetrics(DateTimeOffset LearnedAt, int ShownItems, int Clicks, int Purchases, ResponseModelResponse ClickModel, ResponseModelResponse? PurchaseModel)
{
    /// <returns>Null where nothing is predicted.</returns>
    public static PredictionMetrics? Of(LastLearning? last) => last?.Learned is not { Predictor: { } predictor } learned
        ? null
        : new PredictionMetrics(last.At, learned.ShownItems, learned.Clicks, learned.Purchases, ResponseModelResponse.Of(predictor.Clicks)!, ResponseModelResponse.Of(predictor.Purchases));
}
