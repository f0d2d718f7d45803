using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.RatingUserKnn;

/// <summary>Hyperparameters of <see cref="RatingUserKnnTrainer"/>.</summary>
public sealed class RatingUserKnnOptions
{
    /// <summary>What is taken from ratings before they are averaged, Mean and ZScore by user.</summary>
    [EnumDataType(typeof(RatingCentering))]
    [Search]
    public RatingCentering Centering { get; set; } = RatingCentering.Baseline;

    /// <summary>How users are compared.</summary>
    [EnumDataType(typeof(RatingSimilarity))]
    [Search]
    public RatingSimilarity Similarity { get; set; } = RatingSimilarity.PearsonBaseline;

    /// <summary>Holds back users who rated few items together: a similarity over n of them counts (n - 1) / (n - 1 + shrinkage). In items.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 1000, Logarithmic = true)]
    public float Shrinkage { get; set; } = 100;

    /// <summary>Over how many of the users who rated an item, those most like the asked one, its prediction goes.</summary>
    [Range(1, 10_000)]
    [Search(10, 200, Logarithmic = true)]
    public int Neighbours { get; set; } = 60;

    /// <summary>With fewer neighbours than this the prediction is what <see cref="Centering"/> takes from ratings.</summary>
    [Range(1, 10_000)]
    [Search(1, 5)]
    public int MinNeighbours { get; set; } = 3;

    /// <summary>How many similar users the model keeps per user, among whom those are sought who rated an item, at 8 bytes each.</summary>
    [Range(1, 100_000)]
    public int StoredNeighbours { get; set; } = 500;

    /// <summary>How often the biases are solved in turn.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 10;

    /// <summary>Holds the bias of a user with few ratings back, in ratings.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 50, Logarithmic = true)]
    public float UserRegularization { get; set; } = 5;

    /// <summary>Holds the bias of an item with few ratings back, in ratings.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 50, Logarithmic = true)]
    public float ItemRegularization { get; set; } = 5;
}
