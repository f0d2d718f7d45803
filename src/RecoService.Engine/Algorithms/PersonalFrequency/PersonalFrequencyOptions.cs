using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.PersonalFrequency;

/// <summary>By what a user's basket fades.</summary>
public enum BasketFading
{
    /// <summary>By each later basket of the user.</summary>
    Baskets,

    /// <summary>By each day until the user's newest.</summary>
    Days,
}

/// <summary>Hyperparameters of <see cref="PersonalFrequencyTrainer"/>.</summary>
public sealed class PersonalFrequencyOptions
{
    /// <summary>What a basket is.</summary>
    [EnumDataType(typeof(BasketUnit))]
    [Search]
    public BasketUnit Basket { get; set; } = BasketUnit.Day;

    /// <summary>By what a basket fades.</summary>
    [EnumDataType(typeof(BasketFading))]
    [Search]
    public BasketFading Fading { get; set; } = BasketFading.Baskets;

    /// <summary>How much a basket counts beside one that is a basket, or a day, newer. 1: all alike.</summary>
    [Range(0.0, 1.0)]
    [Search(0.7, 1)]
    public float Decay { get; set; } = 0.94f;

    /// <summary>How much the popularity of one of the user's own items, 0 to 1, adds to its count: items taken as often stand in this order.</summary>
    [Range(0.0, 100.0)]
    [Search(0.001, 10, Logarithmic = true)]
    public float PopularityWeight { get; set; } = 3;

    /// <summary>The half-life of an interaction in the popularity, in days. Without a value all users of an item count alike.</summary>
    [Range(0.01, 36_500)]
    [Search(1, 1000, Logarithmic = true)]
    public double? HalfLifeDays { get; set; } = 30;
}
