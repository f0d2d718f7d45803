using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.UserKnn;

/// <summary>Hyperparameters of <see cref="UserKnnTrainer"/>.</summary>
public sealed class UserKnnOptions
{
    /// <summary>How two users are compared by the items they wanted.</summary>
    [EnumDataType(typeof(Similarity))]
    [Search]
    public Similarity Similarity { get; set; } = Similarity.Cosine;

    /// <summary>Added to the denominator of the similarity: the higher, the less users of few items count; in items for Jaccard and Dice.</summary>
    [Range(0.0, 1e6)]
    [Search(0.1, 1000, Logarithmic = true)]
    public float Shrinkage { get; set; }

    /// <summary>How interactions are weighted before users are compared.</summary>
    [EnumDataType(typeof(Weighting))]
    [Search]
    public Weighting Weighting { get; set; } = Weighting.None;

    /// <summary>How much an interaction counts by its weight.</summary>
    [EnumDataType(typeof(HistoryScale))]
    [Search]
    public HistoryScale Scale { get; set; } = HistoryScale.Binary;

    /// <summary>How many of the users most like them are a user's neighbours.</summary>
    [Range(1, 100_000)]
    [Search(10, 1000, Logarithmic = true)]
    public int Neighbours { get; set; } = 100;

    /// <summary>True serves a user from those who have them among their neighbours, so that the few who are a little like everybody do not speak for
    /// everybody; false from their own neighbours.</summary>
    [Search]
    public bool Reverse { get; set; } = true;
}
