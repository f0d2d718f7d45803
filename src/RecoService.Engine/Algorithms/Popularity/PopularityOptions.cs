using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>What makes an item popular.</summary>
public enum PopularityCount
{
    /// <summary>The summed weights of its interactions; a purchase says more than a view, and a user may say it often: one busy user can put an item first for all.</summary>
    Weights,

    /// <summary>The number of users whose interactions with it sum to more than 0; each counts once.</summary>
    Users,
}

/// <summary>Hyperparameters of <see cref="PopularityTrainer"/>.</summary>
public sealed class PopularityOptions : IValidatableObject
{
    /// <summary>What is counted: users, or the weights of their interactions.</summary>
    [EnumDataType(typeof(PopularityCount))]
    [Search]
    public PopularityCount Count { get; set; } = PopularityCount.Users;

    /// <summary>The half-life of an interaction, in days. Without a value every interaction counts in full.</summary>
    [Range(0.01, 36_500)]
    [Search(1, 1000, Logarithmic = true)]
    public double? HalfLifeDays { get; set; }

    /// <summary>Ranks items by how far this many last days exceed what the time before lets expect. Without a value popularity itself ranks.</summary>
    [Range(0.01, 36_500)]
    public double? TrendDays { get; set; }

    /// <summary>The time before the trend, in days, that tells what to expect. Only with <see cref="TrendDays"/>.</summary>
    [Range(0.01, 36_500)]
    public double TrendBaselineDays { get; set; } = 28;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HalfLifeDays is not null && TrendDays is not null)
            yield return new ValidationResult("Set HalfLifeDays or TrendDays, not both: a trend counts its days in full.", [nameof(HalfLifeDays), nameof(TrendDays)]);
    }
}
