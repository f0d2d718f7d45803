using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Rp3Beta;

/// <summary>Hyperparameters of <see cref="Rp3BetaTrainer"/>. The defaults were chosen by the mean nDCG, relative to the best setting of each, on validation parts of MovieLens 100K, Online Retail,
/// Amazon Beauty and Amazon CDs.</summary>
public sealed class Rp3BetaOptions
{
    /// <summary>The power to which the probability of each step is raised: below 1 long histories and popular items keep more of their say.</summary>
    [Range(0.0, 4.0)]
    [Search(0.2, 2)]
    public float Alpha { get; set; } = 0.4f;

    /// <summary>The power of an item's popularity by which it is held back; 0 for not at all (P3alpha).</summary>
    [Range(0.0, 4.0)]
    [Search(0, 1.2)]
    public float Beta { get; set; } = 0.45f;

    /// <summary>How many of the items that a walk from it reaches an item keeps, the likeliest.</summary>
    [Range(1, 100_000)]
    [Search(10, 1000, Logarithmic = true)]
    public int Neighbours { get; set; } = 30;

    /// <summary>Divides an item's weights by their sum, so that each item of a history counts alike.</summary>
    [Search]
    public bool Normalize { get; set; } = true;

    /// <summary>How much an interaction counts by its weight when a walk leaves its user, and in a history.</summary>
    [EnumDataType(typeof(HistoryScale))]
    [Search]
    public HistoryScale Scale { get; set; } = HistoryScale.Binary;
}
