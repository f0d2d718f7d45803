using System.ComponentModel.DataAnnotations;

namespace RecoService.MlNet;

/// <summary>
/// Hyperparameters of the ML.NET matrix factorization (LIBMF: Chin, Yuan, Yang, Zhuang, Juan, Lin, JMLR 17(86), 2016).
/// The seed of a run has no effect here: two runs agree bit for bit only with one thread.
/// </summary>
public sealed class MlNetOptions : IValidatableObject
{
    /// <summary>Learns to predict ratings; needs at least two different rating values.</summary>
    public const string SquaredLoss = "squared";

    /// <summary>Learns to rank from the pairs whose summed weight is positive; the size of the weight is not used.</summary>
    public const string OneClassLoss = "one-class";

    /// <summary><c>squared</c> (ratings) or <c>one-class</c> (every positive pair). Default one-class, which costs about 30 times squared per epoch.</summary>
    [AllowedValues(SquaredLoss, OneClassLoss, ErrorMessage = "Loss must be 'squared' or 'one-class'.")]
    public string Loss { get; set; } = OneClassLoss;

    /// <summary>Length of a user's and an item's vector. Default 32.</summary>
    [Range(1, 1024)]
    public int Factors { get; set; } = 32;

    /// <summary>Passes over the training rows. Default 20.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; set; } = 20;

    /// <summary>First step length of the squared loss; too high a rate fails the run. Default 0.1.</summary>
    [Range(1e-9, 10)]
    public double LearningRate { get; set; } = 0.1;

    /// <summary>Weight of the squared norm of the factors, above 0 (ML.NET's Lambda). Default 0.1.</summary>
    [Range(1e-9, 1_000)]
    public double Regularization { get; set; } = 0.1;

    /// <summary>one-class only: weight of a pair that did not happen beside one that did, above 0. Default 0.0001.</summary>
    [Range(1e-12, 1_000)]
    public double Alpha { get; set; } = 0.0001;

    /// <summary>one-class only: the score wanted of a pair that did not happen; one that did wants 1. Default 0.000001.</summary>
    [Range(-1.0, 1.0)]
    public double C { get; set; } = 0.000001;

    /// <summary>squared only: keeps every factor at or above 0. Default false.</summary>
    public bool NonNegative { get; set; }

    /// <summary>Threads of the squared loss, at most those the run may use; more than 1 gives up repeatable results. Default 1.</summary>
    [Range(1, 1024)]
    public int Threads { get; set; } = 1;

    internal bool IsOneClass => Loss == OneClassLoss;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The native library ends the whole process on this pair; nothing could catch it later.
        if (NonNegative && IsOneClass)
            yield return new ValidationResult("NonNegative works with the loss 'squared' only.", [nameof(NonNegative), nameof(Loss)]);
    }
}
