using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.RatingKnn;

/// <summary>Hyperparameters of <see cref="RatingKnnTrainer"/>.</summary>
public sealed class RatingKnnOptions
{
    /// <summary>What is taken from ratings before they are averaged, Mean and ZScore by item.</summary>
    [EnumDataType(typeof(RatingCentering))]
    [Search]
    public RatingCentering Centering { get; set; } = RatingCentering.Baseline;

    /// <summary>How items are compared.</summary>
    [EnumDataType(typeof(RatingSimilarity))]
    [Search]
    public RatingSimilarity Similarity { get; set; } = RatingSimilarity.PearsonBaseline;

    /// <summary>Holds back items that few users rated together: a similarity over n of them counts (n - 1) / (n - 1 + shrinkage). In users.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 1000, Logarithmic = true)]
    public float Shrinkage { get; set; } = 100;

    /// <summary>Over how many of the items that a user rated, those most like it, an item's prediction goes.</summary>
    [Range(1, 10_000)]
    [Search(10, 200, Logarithmic = true)]
    public int Neighbours { get; set; } = 40;

    /// <summary>With fewer neighbours than this the prediction is what <see cref="Centering"/> takes from ratings.</summary>
    [Range(1, 10_000)]
    [Search(1, 5)]
    public int MinNeighbours { get; set; } = 1;

    /// <summary>How many similar items the model keeps per item, from which a user's are taken.</summary>
    [Range(1, 100_000)]
    public int StoredNeighbours { get; set; } = 1000;

    /// <summary>How often the biases are solved in turn.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 10;

    /// <summary>Holds the bias of a user with few ratings back, in ratings.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 50, Logarithmic = true)]
    public float UserRegularization { get; set; } = 15;

    /// <summary>Holds the bias of an item with few ratings back, in ratings.</summary>
    [Range(0.0, 1e6)]
    [Search(1, 50, Logarithmic = true)]
    public float ItemRegularization { get; set; } = 10;
}
