using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>How much worse than the control a variant may be before its experiment's report raises an alarm: <c>docs/experiments.md</c>.</summary>
public sealed class ExperimentSettings
{
    /// <summary>How much higher the share of empty lists may be: 0.01 is one list in a hundred.</summary>
    [Range(0.0, 1.0)]
    public double MaxEmptyLists { get; set; } = 0.01;

    /// <summary>How much higher the share of items may be that the first source of a placement did not have.</summary>
    [Range(0.0, 1.0)]
    public double MaxFallbackItems { get; set; } = 0.05;

    /// <summary>How much longer it may take to make a list, on average.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaxLatency { get; set; } = TimeSpan.FromMilliseconds(10);
}
