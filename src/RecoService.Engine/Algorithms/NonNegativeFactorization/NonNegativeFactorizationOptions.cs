using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.NonNegativeFactorization;

/// <summary>Hyperparameters of <see cref="NonNegativeFactorizationTrainer"/>.</summary>
public sealed class NonNegativeFactorizationOptions : FactorOptions
{
    /// <summary>Numbers per user and per item.</summary>
    [Range(1, 1024)]
    [Search(4, 128, Logarithmic = true)]
    public int Factors { get; set; } = 15;

    /// <summary>How often both sides are updated.</summary>
    [Range(1, 10_000)]
    [Search(20, 200, Logarithmic = true)]
    [Resource]
    public int Epochs { get; set; } = 50;

    /// <summary>Weight of the squared factors in the loss, per rating of the user or item.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.001, 1, Logarithmic = true)]
    public float Regularization { get; set; } = 0.06f;
}
