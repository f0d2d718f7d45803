using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>What an audit of its lists may find before a model is refused: <c>docs/fairness.md</c>. Without a value nothing is refused for it.</summary>
public sealed class GateSettings
{
    /// <summary>The most uneven exposure of items: the Gini coefficient, 0 when all items are shown as much, 1 when one is shown alone.</summary>
    [Range(0.0, 1.0)]
    public double? MaxExposureGini { get; set; }

    /// <summary>The most that lists may be more popular than what a group of users likes: 1 is twice as popular.</summary>
    [Range(0.0, 1000.0)]
    public double? MaxPopularityLift { get; set; }

    /// <summary>The most that lists may differ in their categories from what users did, on the mean: 0 is not at all, 4.6 is nothing in common.</summary>
    [Range(0.0, 5.0)]
    public double? MaxMiscalibration { get; set; }

    /// <summary>The largest difference in recall between two groups of users that one attribute tells apart.</summary>
    [Range(0.0, 1.0)]
    public double? MaxOpportunityDifference { get; set; }

    /// <summary>The attribute of items that names who provides them, as a brand or a vendor.</summary>
    [Required]
    public string ProviderAttribute { get; set; } = "brand";
}
