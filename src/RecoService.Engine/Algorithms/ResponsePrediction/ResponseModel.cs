using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Algorithms.ResponsePrediction;

/// <summary>How well a response model does on the newest cases, of which neither its weights nor its calibration saw any.</summary>
/// <param name="Calibration">isotonic or platt.</param>
/// <param name="Cases">How many cases judged it.</param>
/// <param name="Positives">Yeses among them.</param>
/// <param name="CalibrationError">Expected calibration error, 0..1, 0 is best: <see cref="ProbabilityMetrics.CalibrationError"/>.</param>
/// <param name="LogLoss">Nats per case.</param>
/// <param name="ConstantLogLoss">The same of the share of yeses among the cases that trained it, for everybody.</param>
/// <param name="AreaUnderCurve">0..1, 0.5 is guessing; null where all outcomes are the same.</param>
/// <param name="MeanProbability">The mean prediction, 0..1: near <paramref name="Positives"/> / <paramref name="Cases"/> where the model is not off as a whole.</param>
public sealed record ResponseMetrics(
    string Calibration, int Cases, int Positives, double CalibrationError, double LogLoss, double ConstantLogLoss, double? AreaUnderCurve, double MeanProbability);

/// <summary>The calibrated probability of a response. Immutable.</summary>
/// <param name="Weights">Of the features.</param>
/// <param name="Calibration">Of their log-odds.</param>
/// <param name="Metrics">How good it is.</param>
public sealed record ResponseModel(LogisticModel Weights, Calibration Calibration, ResponseMetrics Metrics)
{
    /// <summary>Strength of the ridge on standardised features: as much as one case.</summary>
    private const double Regularization = 1;

    /// <summary>0..1, of a row of features.</summary>
    public double Probability(ReadOnlySpan<float> row) => Calibration.Probability(Weights.LogOdds(row));

    /// <summary>
    /// Learns weights from the oldest cases, calibrates on newer ones and judges on the newest. McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, sections 4.5 and 7.
    /// </summary>
    /// <param name="rows">Cases x width, row-major, the oldest first.</param>
    /// <param name="outcomes">One per case.</param>
    /// <param name="width">Features of a case.</param>
    /// <param name="trainEnd">Where the cases end that weights are learned from; at least 1.</param>
    /// <param name="calibrationEnd">Where those end that calibrate.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static ResponseModel Train(
        ReadOnlySpan<float> rows, ReadOnlySpan<bool> outcomes, int width, int trainEnd, int calibrationEnd, CancellationToken cancellationToken)
    {
        var weights = LogisticModel.Fit(rows[..(trainEnd * width)], outcomes[..trainEnd], width, Regularization, cancellationToken);
        var logOdds = new double[outcomes.Length - trainEnd];
        for (var position = 0; position < logOdds.Length; position++)
            logOdds[position] = weights.LogOdds(rows.Slice((trainEnd + position) * width, width));
        var calibration = Calibration.Fit(logOdds.AsSpan(0, calibrationEnd - trainEnd), outcomes[trainEnd..calibrationEnd]);

        var judged = outcomes[calibrationEnd..];
        var probabilities = new double[judged.Length];
        for (var position = 0; position < judged.Length; position++)
            probabilities[position] = calibration.Probability(logOdds[calibrationEnd - trainEnd + position]);
        var constant = new double[judged.Length];
        Array.Fill(constant, outcomes[..trainEnd].Count(true) / (double)trainEnd);
        var area = ProbabilityMetrics.AreaUnderCurve(probabilities, judged);
        return new ResponseModel(weights, calibration, new ResponseMetrics(
            calibration.Name, judged.Length, judged.Count(true), ProbabilityMetrics.CalibrationError(probabilities, judged), ProbabilityMetrics.LogLoss(probabilities, judged),
            ProbabilityMetrics.LogLoss(constant, judged), double.IsNaN(area) ? null : area, probabilities.Length == 0 ? double.NaN : probabilities.Average()));
    }
}
