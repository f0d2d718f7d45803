using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>Hyperparameters of every recommender of two stages: which candidates are put in order, and what the order is learned from.</summary>
public class TwoStageOptions : IComposedOptions
{
    /// <summary>The trainer of the first stage, whose candidates are put in another order.</summary>
    [Required]
    public string CandidateTrainer { get; set; } = "implicit-als";

    /// <summary>Options of the first stage by its name; without an entry it takes what is configured for it as a trainer of its own.</summary>
    [OptionsByTrainerName]
    public Dictionary<string, object> Trainers { get; set; } = [];

    /// <summary>How many candidates of the first stage are put in order.</summary>
    [Range(1, 100_000)]
    [Search(50, 1000, Logarithmic = true)]
    public int Candidates { get; set; } = 200;

    /// <summary>How many candidates that the user left alone stand beside each that they took, in training.</summary>
    [Range(1, 1000)]
    [Search(1, 20, Logarithmic = true)]
    public int NegativesPerPositive { get; set; } = 4;

    /// <summary>How what users did next is cut from the data.</summary>
    [EnumDataType(typeof(ValidationCut))]
    public ValidationCut ValidationCut { get; set; } = ValidationCut.Auto;

    /// <summary>The part of the interactions that counts as next, 0..1. Not for Last and LastBasket.</summary>
    [Range(0.01, 0.9)]
    public double ValidationFraction { get; set; } = 0.2;

    /// <summary>The ranking is learned on so many users, drawn by chance where there are more.</summary>
    [Range(1, 1_000_000)]
    public int ValidationUsers { get; set; } = 5000;

    IReadOnlyList<string> IComposedOptions.TrainerNames => [TrainerRegistry.NameOf(CandidateTrainer)];
}
