using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>Hyperparameters of <see cref="BiasedMatrixFactorizationTrainer"/>.</summary>
public sealed class BiasedMatrixFactorizationOptions : FactorOptions
{
    /// <summary>Numbers per user and per item; 0 trains biases alone.</summary>
    [Range(0, 1024)]
    [Search(8, 256, Logarithmic = true)]
    public int Factors { get; set; } = 64;

    /// <summary>How often every rating is visited.</summary>
    [Range(1, 1000)]
    [Search(10, 100, Logarithmic = true)]
    [Resource]
    public int Epochs { get; set; } = 40;

    /// <summary>The size of a gradient step.</summary>
    [Range(1e-6, 1)]
    [Search(0.002, 0.05, Logarithmic = true)]
    public float LearningRate { get; set; } = 0.01f;

    /// <summary>The learning rate is multiplied by this after every epoch; 1 is no decay.</summary>
    [Range(0.1, 1)]
    [Search(0.9, 1)]
    public float LearningRateDecay { get; set; } = 1f;

    /// <summary>Weight of the squared factors in the loss.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.01, 0.3, Logarithmic = true)]
    public float Regularization { get; set; } = 0.1f;

    /// <summary>Weight of the squared biases in the loss.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.001, 0.1, Logarithmic = true)]
    public float BiasRegularization { get; set; } = 0.02f;
}
