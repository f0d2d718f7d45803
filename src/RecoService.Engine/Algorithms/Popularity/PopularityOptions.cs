using System.ComponentModel.DataAnnotations;

namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>Hyperparameters of <see cref="PopularityTrainer"/>.</summary>
public sealed class PopularityOptions
{
    /// <summary>After so many days an interaction counts half; days, none by default: every interaction counts in full.</summary>
    [Range(0.01, 36_500)]
    public double? HalfLifeDays { get; set; }
}
