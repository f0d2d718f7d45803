using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.UpCf;

/// <summary>Hyperparameters of <see cref="UpCfTrainer"/>.</summary>
public sealed class UpCfOptions
{
    /// <summary>What a basket is.</summary>
    [EnumDataType(typeof(BasketUnit))]
    [Search]
    public BasketUnit Basket { get; set; } = BasketUnit.Day;

    /// <summary>r: so many of a user's last baskets say how often they take an item.</summary>
    [Range(1, 100_000)]
    [Search(1, 100, Logarithmic = true)]
    public int Recency { get; set; } = 5;

    /// <summary>How far users are compared by what part of the user's items they share: 1 altogether, 0 by what part of the other's, 0.5 by the cosine.</summary>
    [Range(0.0, 1.0)]
    [Search(0, 1)]
    public float Alpha { get; set; } = 0.7f;

    /// <summary>q: likeness counts to this power; the higher, the more the few users most like them say.</summary>
    [Range(0.0, 1000.0)]
    [Search(1, 30, Logarithmic = true)]
    public float Locality { get; set; } = 3;

    /// <summary>How many of the users most like them are asked; all are in the paper.</summary>
    [Range(1, 100_000)]
    [Search(30, 3000, Logarithmic = true)]
    public int Neighbours { get; set; } = 200;
}
