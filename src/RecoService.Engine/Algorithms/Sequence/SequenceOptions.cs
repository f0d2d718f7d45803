using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Sequence;

/// <summary>Hyperparameters of <see cref="SequenceTrainer"/>. The defaults were chosen on the validation items of Amazon Beauty.</summary>
public sealed class SequenceOptions
{
    /// <summary>Weight of the squared weights in the loss (lambda), in examples: the higher, the smoother.</summary>
    [Range(1e-3, 1e9)]
    [Search(1, 10_000, Logarithmic = true)]
    public float Regularization { get; set; } = 100f;

    /// <summary>Each item of a history counts this many times as much as the one that followed it, 0..1, in training and when it is asked.</summary>
    [Range(0.0, 1.0)]
    [Search(0.2, 1)]
    public float Decay { get; set; } = 0.6f;

    /// <summary>How much of the loss is that of items which merely meet in one history, whatever their order, 0..1; the rest is that of what came next.
    /// Histories without any order in time can be learned from only when it is above 0.</summary>
    [Range(0.0, 1.0)]
    [Search(0, 1)]
    public float OrderFreeShare { get; set; } = 0.2f;

    /// <summary>How many weights of an item are kept, the largest by magnitude; 0 keeps all.</summary>
    [Range(0, SymmetricMatrix.MaxOrder)]
    public int Neighbours { get; set; } = 500;

    /// <summary>Up to so many items with interactions, each is regressed on all at once, which takes 2 n^2 bytes and at least n^3 operations: 0.8 GB for 20,000 items.
    /// In a larger catalogue each is regressed on <see cref="RestrictedNeighbours"/> others and itself alone, and the run says so.</summary>
    [Range(1, SymmetricMatrix.MaxOrder)]
    public int MaxItems { get; set; } = 20_000;

    /// <summary>In a catalogue of more than <see cref="MaxItems"/>: how many items an item is regressed on, those that lead to it most often for the root of how often they
    /// occur. <see cref="Neighbours"/> then bounds the weights that lead to an item. Training takes some ten steps of n^2 operations an item, n^3 / 3 where the equations are ill-conditioned.</summary>
    [Range(1, 5_000)]
    public int RestrictedNeighbours { get; set; } = 300;
}
