using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Slim;

/// <summary>Hyperparameters of <see cref="SlimTrainer"/>.</summary>
public sealed class SlimOptions
{
    /// <summary>Weight of the absolute weights in the loss, in users: items that meet in fewer histories than this have no weight.</summary>
    [Range(0.0, 1e9)]
    [Search(0.01, 10, Logarithmic = true)]
    public float L1Regularization { get; set; } = 1f;

    /// <summary>Weight of half the squared weights in the loss, in users.</summary>
    [Range(0.0, 1e9)]
    [Search(1, 1000, Logarithmic = true)]
    public float L2Regularization { get; set; } = 100f;

    /// <summary>How many weights that lead to an item are kept, the largest by magnitude; 0 keeps all.</summary>
    [Range(0, SymmetricMatrix.MaxOrder)]
    [Search(50, 1000, Logarithmic = true)]
    public int Neighbours { get; set; } = 200;

    /// <summary>True admits no weight below 0, as the paper has it; false is slower.</summary>
    public bool PositiveOnly { get; set; } = true;

    /// <summary>How often, at most, every weight is visited.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; set; } = 100;

    /// <summary>An item is done when no weight changes by more than this part of its largest weight.</summary>
    [Range(0.0, 1.0)]
    public float Tolerance { get; set; } = 1e-4f;

    /// <summary>True counts every pair as 1; false uses the weights of the interactions.</summary>
    public bool Binary { get; set; } = true;

    /// <summary>Holds back users with long histories, who otherwise decide alone what goes with what: in the loss one with n items counts n^-UserDiscount per item,
    /// in such a measure that <see cref="L2Regularization"/> means the same. 0 counts every interaction alike; 1 counts every user alike.</summary>
    [Range(0.0, 4.0)]
    [Search(0, 1.5)]
    public float UserDiscount { get; set; }

    /// <summary>Up to so many items with interactions, each is regressed on all others, and how often any two meet is kept in memory. In a larger catalogue each is
    /// regressed on <see cref="RestrictedNeighbours"/> others alone, and the run says so.</summary>
    [Range(1, SymmetricMatrix.MaxOrder)]
    public int MaxItems { get; set; } = 20_000;

    /// <summary>In a catalogue of more than <see cref="MaxItems"/>: how many items an item is regressed on, those most like it by the cosine.</summary>
    [Range(1, 5_000)]
    public int RestrictedNeighbours { get; set; } = 500;
}
