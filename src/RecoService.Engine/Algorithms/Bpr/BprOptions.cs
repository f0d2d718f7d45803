using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>Hyperparameters of <see cref="BprTrainer"/>. The defaults were chosen, for 64 factors, by the mean nDCG, relative to the best setting of each, on validation parts of MovieLens 100K, Online
/// Retail, Amazon Beauty and Amazon CDs; 128 factors gain 5% and take twice the time.</summary>
public sealed class BprOptions : FactorOptions
{
    /// <summary>Numbers per user and per item.</summary>
    [Range(1, 1024)]
    [Search(8, 256, Logarithmic = true)]
    public int Factors { get; set; } = 64;

    /// <summary>How often every wanted item of every user is compared with an unseen one.</summary>
    [Range(1, 10_000)]
    [Search(30, 500, Logarithmic = true)]
    [Resource]
    public int Epochs { get; set; } = 100;

    /// <summary>The size of a gradient step.</summary>
    [Range(1e-6, 1.0)]
    [Search(0.002, 0.1, Logarithmic = true)]
    public float LearningRate { get; set; } = 0.05f;

    /// <summary>Weight of the squared factors of the user and of the wanted item.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.0005, 0.3, Logarithmic = true)]
    public float Regularization { get; set; } = 0.03f;

    /// <summary>Weight of the squared factors of the unseen item. Without a value it is that of <see cref="Regularization"/>.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.0005, 0.3, Logarithmic = true)]
    public float? NegativeRegularization { get; set; }

    /// <summary>Weight of the squared item biases.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.0005, 0.3, Logarithmic = true)]
    public float BiasRegularization { get; set; } = 0.01f;

    /// <summary>The power of the number of its users by which an item is drawn as the unseen one: 0 draws every item alike, so that popular items stand above rare ones;
    /// 1 draws each as often as it is wanted, so that how popular an item is counts for nothing.</summary>
    [Range(0.0, 2.0)]
    [Search(0, 1)]
    public float NegativeExponent { get; set; } = 0.5f;

    /// <summary>What is learned from the lists that users were shown.</summary>
    [EnumDataType(typeof(FeedbackUse))]
    public FeedbackUse Feedback { get; set; } = FeedbackUse.None;

    /// <summary>The part of the unseen items, 0..1, that is drawn from what the user was shown and left, where there is any. Only with <see cref="Feedback"/>.</summary>
    [Range(0.0, 1.0)]
    public float ShownShare { get; set; } = 0.75f;
}
