using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>Hyperparameters of <see cref="SimpleXTrainer"/>. The defaults were chosen by nDCG on validation parts of MovieLens 100K, Amazon Beauty, Amazon CDs, and the customers and the invoices of
/// Online Retail.</summary>
public sealed class SimpleXOptions : FactorOptions
{
    /// <summary>Numbers per item.</summary>
    [Range(1, 1024)]
    [Search(32, 256, Logarithmic = true)]
    public int Factors { get; set; } = 128;

    /// <summary>How often every user's items are gone through.</summary>
    [Range(1, 10_000)]
    [Search(10, 60, Logarithmic = true)]
    [Resource]
    public int Epochs { get; set; } = 20;

    /// <summary>The tangent of the angle by which an item's vector turns at its first step. Later steps are smaller, and the rate falls evenly to 0.</summary>
    [Range(1e-6, 10.0)]
    [Search(0.3, 5, Logarithmic = true)]
    public float LearningRate { get; set; } = 1.5f;

    /// <summary>How many items drawn at random are kept away from the users of a batch.</summary>
    [Range(1, 1_000_000)]
    [Search(128, 4096, Logarithmic = true)]
    public int Negatives { get; set; } = 1024;

    /// <summary>The cosine up to which an item that a user does not have may lie near them at no cost.</summary>
    [Range(-1.0, 1.0)]
    [Search(0.1, 0.8)]
    public float Margin { get; set; } = 0.4f;

    /// <summary>How much the mean over the drawn items counts, against each item that the user has.</summary>
    [Range(0.0, 1_000_000.0)]
    [Search(10, 300, Logarithmic = true)]
    public float NegativeWeight { get; set; } = 60;

    /// <summary>What each item that a user does not have weighs at most, against one that they have: a bound on <see cref="NegativeWeight"/> where histories are long for so small a catalogue.</summary>
    [Range(0.0, 1_000_000.0)]
    [Search(0.1, 2, Logarithmic = true)]
    public float UnseenWeight { get; set; } = 0.6f;

    /// <summary>About how many pairs of a user and an item of theirs make one step.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; set; } = 1024;
}
