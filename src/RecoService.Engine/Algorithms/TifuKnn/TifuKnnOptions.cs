using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.TifuKnn;

/// <summary>How the vectors of two users are compared.</summary>
public enum VectorLikeness
{
    /// <summary>By the distance of the vectors, as published: a user of few baskets is near to everybody of few.</summary>
    Euclidean,

    /// <summary>By the angle between them; users who share no item are no neighbours.</summary>
    Cosine,
}

/// <summary>Hyperparameters of <see cref="TifuKnnTrainer"/>.</summary>
public sealed class TifuKnnOptions
{
    /// <summary>What a basket is.</summary>
    [EnumDataType(typeof(BasketUnit))]
    [Search]
    public BasketUnit Basket { get; set; } = BasketUnit.Day;

    /// <summary>Into how many groups a user's baskets are put, in the order of time; a user of fewer baskets has a group for each.</summary>
    [Range(1, 1000)]
    [Search(1, 30, Logarithmic = true)]
    public int Groups { get; set; } = 7;

    /// <summary>How much a basket counts beside the next one of its group.</summary>
    [Range(0.0, 1.0)]
    [Search(0.5, 1)]
    public float WithinDecay { get; set; } = 0.9f;

    /// <summary>How much a group counts beside the next one.</summary>
    [Range(0.0, 1.0)]
    [Search(0.3, 1)]
    public float GroupDecay { get; set; } = 0.7f;

    /// <summary>How many of the users most like them are a user's neighbours.</summary>
    [Range(1, 100_000)]
    [Search(10, 2000, Logarithmic = true)]
    public int Neighbours { get; set; } = 300;

    /// <summary>How neighbours are found.</summary>
    [EnumDataType(typeof(VectorLikeness))]
    [Search]
    public VectorLikeness Likeness { get; set; } = VectorLikeness.Cosine;

    /// <summary>The part of a score that is the user's own; the rest is the mean of their neighbours.</summary>
    [Range(0.0, 1.0)]
    [Search(0, 1)]
    public float Alpha { get; set; } = 0.7f;
}
