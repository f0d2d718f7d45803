using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>When the service looks for what is wrong with the data: <c>docs/data-health.md</c>.</summary>
public sealed class DataHealthSettings
{
    /// <summary>Whether it does so by itself. An operator may ask for it in any case.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often the data are counted, and the costs of faults measured.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Whether it is measured what faults cost in quality. For each of up to three faults a model is trained without them, beside one with everything.</summary>
    public bool MeasureCosts { get; set; } = true;
}
