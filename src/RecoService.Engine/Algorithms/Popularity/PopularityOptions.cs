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
    /// <summary>What is counted: users, or the weights of their interactions; Users by default.</summary>
    [EnumDataType(typeof(PopularityCount))]
    [Search]
    public PopularityCount Count { get; set; } = PopularityCount.Users;

    /// <summary>After so many days an interaction counts half; days, none by default: every interaction counts in full.</summary>
    [Range(0.01, 36_500)]
    [Search(1, 1000, Logarithmic = true)]
    public double? HalfLifeDays { get; set; }

    /// <summary>Ranks by how far the last so many days exceed what the time before lets expect; days, none by default: popularity as such.</summary>
    [Range(0.01, 36_500)]
    public double? TrendDays { get; set; }

    /// <summary>The time before the trend that tells what to expect; days, 28 by default. Only with <see cref="TrendDays"/>.</summary>
    [Range(0.01, 36_500)]
    public double TrendBaselineDays { get; set; } = 28;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HalfLifeDays is not null && TrendDays is not null)
            yield return new ValidationResult("Set HalfLifeDays or TrendDays, not both: a trend counts its days in full.", [nameof(HalfLifeDays), nameof(TrendDays)]);
    }
}
