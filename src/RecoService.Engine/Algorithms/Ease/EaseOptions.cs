using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Ease;

/// <summary>Hyperparameters of <see cref="EaseTrainer"/>.</summary>
public sealed class EaseOptions
{
    /// <summary>Weight of the squared weights in the loss (lambda), in users: an item with fewer users than this is held back strongly.</summary>
    [Range(1e-3, 1e9)]
    [Search(1, 10_000, Logarithmic = true)]
    public float Regularization { get; set; } = 300f;

    /// <summary>How many weights of an item are kept, the largest by magnitude; 0 keeps all.</summary>
    [Range(0, SymmetricMatrix.MaxOrder)]
    public int Neighbours { get; set; } = 500;

    /// <summary>True counts every pair as 1; false uses the weights of the interactions.</summary>
    [Search]
    public bool Binary { get; set; } = true;

    /// <summary>Holds back users with long histories, who otherwise decide alone what goes with what: in the loss one with n items counts n^-UserDiscount per item,
    /// in such a measure that <see cref="Regularization"/> means the same. 0 counts every interaction alike; 1 counts every user alike.</summary>
    [Range(0.0, 4.0)]
    [Search(0, 1.5)]
    public float UserDiscount { get; set; }

    /// <summary>Up to so many items with interactions, each is regressed on all others at once, which takes 2 n^2 bytes and n^3 operations: 0.8 GB for 20,000 items.
    /// In a larger catalogue each is regressed on <see cref="RestrictedNeighbours"/> others alone, and the run says so.</summary>
    [Range(1, SymmetricMatrix.MaxOrder)]
    public int MaxItems { get; set; } = 20_000;

    /// <summary>In a catalogue of more than <see cref="MaxItems"/>: how many items an item is regressed on, those most like it by the cosine.
    /// <see cref="Neighbours"/> then bounds the weights that lead to an item. Training takes some ten steps of n^2 operations an item, n^3 / 3 where the equations are ill-conditioned.</summary>
    [Range(1, 5_000)]
    public int RestrictedNeighbours { get; set; } = 300;
}
