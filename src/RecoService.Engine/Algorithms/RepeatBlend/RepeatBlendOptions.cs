using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.RepeatBlend;

/// <summary>Hyperparameters of <see cref="RepeatBlendTrainer"/>.</summary>
public sealed class RepeatBlendOptions : IComposedOptions, IValidatableObject
{
    /// <summary>The trainer that orders what a user had before.</summary>
    [Required]
    public string Repeat { get; set; } = "personal-frequency";

    /// <summary>The trainer that orders what is new to them.</summary>
    [Required]
    public string Explore { get; set; } = "ease";

    /// <summary>The share of the places that are for what the user had before, 0..1. Without a value it is learned on a validation part.</summary>
    [Range(0.0, 1.0)]
    [Search(0, 1)]
    public float? Share { get; set; }

    /// <summary>Options of the two trainers by name; one without an entry takes what is configured for it as a trainer of its own.</summary>
    [OptionsByTrainerName]
    public Dictionary<string, object> Trainers { get; set; } = [];

    /// <summary>How the validation part is cut.</summary>
    [EnumDataType(typeof(ValidationCut))]
    public ValidationCut ValidationCut { get; set; } = ValidationCut.LastBasket;

    /// <summary>The part of the interactions that validates, 0..1. Not for Last and LastBasket.</summary>
    [Range(0.01, 0.9)]
    public double ValidationFraction { get; set; } = 0.1;

    /// <summary>The share is learned on so many users, drawn by chance where there are more.</summary>
    [Range(1, 1_000_000)]
    public int ValidationUsers { get; set; } = 5000;

    /// <summary>How many of its best items each trainer brings into the list.</summary>
    [Range(1, 10_000)]
    public int Candidates { get; set; } = 200;

    /// <summary>The length of the lists whose nDCG the share maximises.</summary>
    [Range(1, 1000)]
    public int CutOff { get; set; } = 10;

    internal string RepeatName => TrainerRegistry.NameOf(Repeat);

    internal string ExploreName => TrainerRegistry.NameOf(Explore);

    IReadOnlyList<string> IComposedOptions.TrainerNames => [RepeatName, ExploreName];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RepeatName == ExploreName)
            yield return new ValidationResult("Repeat and Explore must name two trainers.", [nameof(Repeat), nameof(Explore)]);
    }
}
