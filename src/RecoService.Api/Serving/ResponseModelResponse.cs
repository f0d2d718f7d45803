using RecoService.Engine.Algorithms.ResponsePrediction;

namespace RecoService.Api.Serving;

/// <summary>Judged on the newest fifth of the shown items, which neither the weights nor the calibration have seen.</summary>
/// <param name="Calibration">`isotonic`, or `platt` where there is little.</param>
/// <param name="JudgedItems">Shown items that judge it.</param>
/// <param name="Positives">How many of them were clicked, or bought.</param>
/// <param name="CalibrationError">Expected calibration error over ten bins of equally many items, 0 to 1; 0 is best.</param>
/// <param name="LogLoss">Per item; the lower the better.</param>
/// <param name="ConstantLogLoss">The same of one probability for everything, which the log loss should be below.</param>
/// <param name="AreaUnderCurve">The chance that what was clicked has the higher probability, 0 to 1; 0.5 is guessing. Null where nothing was, or everything.</param>
/// <param name="MeanProbability">The mean of what it predicts.</param>
internal sealed record ResponseModelResponse(
    string Calibration, int JudgedItems, int Positives, double CalibrationError, double LogLoss, double ConstantLogLoss, double? AreaUnderCurve, double MeanProbability)
{
    public static ResponseModelResponse? Of(ResponseModel? model) => model?.Metrics is not { } metrics ? null : new ResponseModelResponse(
        metrics.Calibration, metrics.Cases, metrics.Positives, metrics.CalibrationError, metrics.LogLoss, metrics.ConstantLogLoss, metrics.AreaUnderCurve, metrics.MeanProbability);
}
