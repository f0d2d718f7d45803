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

    /// <summary>Of a larger catalogue only so many items get weights, those with the most users; the others are unknown to the model.
    /// Training takes 2 n^2 bytes and at least n^3 operations: 0.8 GB for 20,000 items.</summary>
    [Range(1, SymmetricMatrix.MaxOrder)]
    public int MaxItems { get; set; } = 20_000;
}
