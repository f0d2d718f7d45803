using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>Hyperparameters of <see cref="LogisticRegressionTrainer"/> and <see cref="LinearSvmTrainer"/>.</summary>
public sealed class LinearRankingOptions : TwoStageOptions
{
    /// <summary>Weight of half the squared weights in the loss, which is summed over the pairs.</summary>
    [Range(1e-6, 1e6)]
    [Search(0.01, 1000, Logarithmic = true)]
    public float Regularization { get; set; } = 1f;

    /// <summary>What is learned from the lists that users were shown: what they passed over there is left, in the place of candidates drawn by chance.</summary>
    [EnumDataType(typeof(FeedbackUse))]
    public FeedbackUse Feedback { get; set; } = FeedbackUse.None;
}
