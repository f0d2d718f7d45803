using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.SlopeOne;

/// <summary>Hyperparameters of <see cref="SlopeOneTrainer"/>.</summary>
public sealed class SlopeOneOptions
{
    /// <summary>True counts an item of a history by the number of users who rated it together with the predicted one; false counts all alike.</summary>
    [Search]
    public bool Weighted { get; set; } = true;

    /// <summary>With how many items an item is compared, those that most users rated together with it.</summary>
    [Range(1, 100_000)]
    [Search(20, 2000, Logarithmic = true)]
    public int Neighbours { get; set; } = 1000;
}
