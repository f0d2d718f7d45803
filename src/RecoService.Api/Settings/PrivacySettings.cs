using System.ComponentModel.DataAnnotations;
using RecoService.Storage.Privacy;

namespace RecoService.Api.Settings;

/// <summary>What an erasure is held to: <c>docs/privacy.md</c>.</summary>
public sealed class PrivacySettings
{
    /// <summary>After what time no model may serve that learned from an erased user. A model run starts then where one still does.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan RetrainWithin { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long lists that were shown before an erasure may be on their way into the store. What arrives in this time is deleted at its end, and the receipt forgets the user's id.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan SettleAfter { get; set; } = TimeSpan.FromMinutes(1);

    internal ErasureTerms ToTerms() => new(SettleAfter, RetrainWithin);
}
