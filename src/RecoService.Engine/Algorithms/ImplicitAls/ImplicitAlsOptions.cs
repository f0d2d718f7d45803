using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>How confidence grows with the weight r of a user's interactions with an item.</summary>
public enum ConfidenceScale
{
    /// <summary>1 + alpha |r|.</summary>
    Linear,

    /// <summary>1 + alpha ln(1 + |r| / epsilon): many repeats say little more than a few.</summary>
    Log,
}

/// <summary>What the regularization of the rows of one side is multiplied by in the mean; how it is shared out among them, <see cref="ImplicitAlsOptions.RegularizationExponent"/> says.</summary>
public enum RegularizationScale
{
    /// <summary>Nothing: the value is lambda itself. Shared out evenly unless an exponent says otherwise.</summary>
    None,

    /// <summary>The mean number of entries of a row that has any. Shared out evenly unless an exponent says otherwise.</summary>
    MeanFrequency,

    /// <summary>The same, and shared out by the number of entries unless an exponent says otherwise: Zhou, Wilkinson, Schreiber, Pan, AAIM 2008.</summary>
    Frequency,

    /// <summary>The mean weight of a row in the loss, and shared out by it unless an exponent says otherwise: its entries, and <see cref="ImplicitAlsOptions.UnobservedWeight"/> for
    /// each row of the other side (Rendle, Krichene, Zhang, Koren, RecSys 2022).</summary>
    WeightedFrequency,

    /// <summary>Nothing, and shared out by the number of entries unless an exponent says otherwise: one value then suits dense and sparse data.</summary>
    RelativeFrequency,
}

/// <summary>How the normal equations of a row are solved.</summary>
public enum AlsSolver
{
    /// <summary>By Cholesky: O(entries x f^2 + f^3) a row.</summary>
    Exact,

    /// <summary>By a few steps of conjugate gradient from the row of the epoch before: O(entries x f + f^2) a step.</summary>
    ConjugateGradient,
}

/// <summary>Hyperparameters of <see cref="ImplicitAlsTrainer"/>. The defaults were chosen by the mean nDCG, relative to the best setting of each, on validation parts of MovieLens 100K, Online
/// Retail, Amazon Beauty and Amazon CDs.</summary>
public sealed class ImplicitAlsOptions : FactorOptions
{
    /// <summary>Numbers per user and per item.</summary>
    [Range(1, 1024)]
    [Search(8, 256, Logarithmic = true)]
    public int Factors { get; set; } = 128;

    /// <summary>Weight of the squared factors in the loss, in the unit that <see cref="RegularizationScale"/> names; the higher, the smoother.</summary>
    [Range(1e-6, 1e6)]
    [Search(0.01, 100, Logarithmic = true)]
    public float Regularization { get; set; } = 30f;

    /// <summary>What <see cref="Regularization"/> is multiplied by.</summary>
    [EnumDataType(typeof(RegularizationScale))]
    [Search]
    public RegularizationScale RegularizationScale { get; set; } = RegularizationScale.RelativeFrequency;

    /// <summary>nu: a row's regularization grows with this power of its number of entries, or of its weight where <see cref="RegularizationScale"/> is WeightedFrequency; the mean of
    /// the rows stays the same. 0 gives each row the same, and rows of few entries come near 0 where it is not small. Without a value it is 0 for None and MeanFrequency, else 1.</summary>
    [Range(0.0, 2.0)]
    [Search(0, 1)]
    public float? RegularizationExponent { get; set; }

    /// <summary>The confidence of an unobserved pair (alpha0); an observed one has this and what <see cref="Alpha"/> adds. Doubling it does what halving both
    /// <see cref="Alpha"/> and <see cref="Regularization"/> does, but for the scale WeightedFrequency, where it is also the unit.</summary>
    [Range(1e-6, 1e6)]
    public float UnobservedWeight { get; set; } = 1f;

    /// <summary>How much more an observed pair counts than an unobserved one.</summary>
    [Range(1e-6, 1e6)]
    [Search(0.1, 50, Logarithmic = true)]
    public float Alpha { get; set; } = 15f;

    /// <summary>How confidence grows with the weight of the interactions.</summary>
    [EnumDataType(typeof(ConfidenceScale))]
    [Search]
    public ConfidenceScale Confidence { get; set; } = ConfidenceScale.Log;

    /// <summary>The weight at which the logarithm begins to flatten, in units of interaction weight. Only for Log.</summary>
    [Range(1e-6, 1e6)]
    public float Epsilon { get; set; } = 1f;

    /// <summary>What is learned from the lists that users were shown: what a user was shown and left counts for more than what they never saw. The users are solved at the end by their
    /// interactions alone, as folding in does.</summary>
    [EnumDataType(typeof(FeedbackUse))]
    public FeedbackUse Feedback { get; set; } = FeedbackUse.None;

    /// <summary>How much more a pair that was shown and left counts than an unobserved one, each time it was shown. Only with <see cref="Feedback"/>.</summary>
    [Range(0.0, 1e6)]
    public float ShownWeight { get; set; } = 8f;

    /// <summary>How often both sides are solved.</summary>
    [Range(1, 1000)]
    [Search(5, 30)]
    [Resource]
    public int Epochs { get; set; } = 10;

    /// <summary>How a row is solved. The users are solved exactly at the end in any case, as folding in does.</summary>
    [EnumDataType(typeof(AlsSolver))]
    public AlsSolver Solver { get; set; } = AlsSolver.ConjugateGradient;

    /// <summary>Steps per row and epoch. Rows start where they stood, so more than 2 gain little. Only for ConjugateGradient.</summary>
    [Range(1, 100)]
    public int ConjugateGradientSteps { get; set; } = 2;
}
