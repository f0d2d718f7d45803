using System.ComponentModel.DataAnnotations;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>How confidence grows with the weight r of a user's interactions with an item.</summary>
public enum ConfidenceScale
{
    /// <summary>1 + alpha |r|.</summary>
    Linear,

    /// <summary>1 + alpha ln(1 + |r| / epsilon): many repeats say little more than a few.</summary>
    Log,
}

/// <summary>What the regularization of a row is multiplied by.</summary>
public enum RegularizationScale
{
    /// <summary>Nothing: the value is lambda itself.</summary>
    None,

    /// <summary>The mean number of entries of a row that has any: one value then suits a corner shop and a department store.</summary>
    MeanFrequency,

    /// <summary>The number of entries of the row itself: Zhou, Wilkinson, Schreiber, Pan, AAIM 2008.</summary>
    Frequency,
}

/// <summary>Hyperparameters of <see cref="ImplicitAlsTrainer"/>.</summary>
public sealed class ImplicitAlsOptions
{
    /// <summary>Numbers per user and per item; 64 by default.</summary>
    [Range(1, 1024)]
    public int Factors { get; set; } = 64;

    /// <summary>Weight of the squared factors in the loss, in the unit that <see cref="RegularizationScale"/> names; the higher, the smoother. 0.6 by default.</summary>
    [Range(1e-6, 1e6)]
    public float Regularization { get; set; } = 0.6f;

    /// <summary>What <see cref="Regularization"/> is multiplied by; MeanFrequency by default.</summary>
    [EnumDataType(typeof(RegularizationScale))]
    public RegularizationScale RegularizationScale { get; set; } = RegularizationScale.MeanFrequency;

    /// <summary>How much more an observed pair counts than an unobserved one; 2 by default.</summary>
    [Range(1e-6, 1e6)]
    public float Alpha { get; set; } = 2f;

    /// <summary>How confidence grows with the weight of the interactions; Log by default.</summary>
    [EnumDataType(typeof(ConfidenceScale))]
    public ConfidenceScale Confidence { get; set; } = ConfidenceScale.Log;

    /// <summary>The weight at which the logarithm begins to flatten, in units of interaction weight; 1 by default. Only for Log.</summary>
    [Range(1e-6, 1e6)]
    public float Epsilon { get; set; } = 1f;

    /// <summary>How often both sides are solved; 10 by default.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 10;
}
