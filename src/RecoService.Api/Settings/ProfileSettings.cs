using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Api.Settings;

/// <summary>How the profiles of users and items are made, and when a user counts to a segment: <c>docs/profiles.md</c>.</summary>
public sealed class ProfileSettings
{
    /// <summary>Attributes whose values a user's profile names beside the categories, comma-separated: those that are texts or lists of texts.</summary>
    public string Attributes { get; set; } = "brand";

    /// <summary>The most values of the categories, and of each attribute.</summary>
    [Range(1, 100)]
    public int MaxValues { get; set; } = 10;

    /// <summary>The age at which an interaction counts half in the shares of categories and attributes.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The kind that is a view, for the conversion of items. Purchases are of the kind of the largest weight.</summary>
    [Required]
    public string ViewKind { get; set; } = "view";

    /// <summary>A user is <c>new</c> for so long after the first interaction.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan NewFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A user is <c>active</c> for so long after the last interaction.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan ActiveWithin { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A user is <c>dormant</c> so long after the last interaction.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan DormantAfter { get; set; } = TimeSpan.FromDays(180);

    /// <summary>A user is <c>lapsing</c> who is away for longer than so many of their own intervals between two days with interactions, and for longer than <c>LapsingAfter</c>.</summary>
    [Range(1.0, 100.0)]
    public double LapsingIntervals { get; set; } = 2;

    /// <summary>No user is <c>lapsing</c> who is away for less.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan LapsingAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A user is <c>loyal</c> who bought on at least so many days.</summary>
    [Range(1, 1000)]
    public int LoyalDays { get; set; } = 3;

    /// <summary>A user is a <c>bargain-hunter</c> when at least this part of three or more purchases is of items that are on sale.</summary>
    [Range(0.0, 1.0)]
    public double BargainShare { get; set; } = 0.5;

    /// <summary>A user is a <c>big-spender</c> whose median price is at or above those of this part of the catalogue.</summary>
    [Range(0.0, 1.0)]
    public double BigSpenderShare { get; set; } = 0.8;

    internal ProfileOptions ToOptions() => new()
    {
        Attributes = [.. Attributes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)],
        MostValues = MaxValues,
        HalfLife = HalfLife,
        ViewKind = ViewKind,
        Segments = new SegmentRules
        {
            NewFor = NewFor,
            ActiveWithin = ActiveWithin,
            DormantAfter = DormantAfter,
            LapsingIntervals = LapsingIntervals,
            LapsingAfter = LapsingAfter,
            LoyalDays = LoyalDays,
            BargainShare = BargainShare,
            BigSpenderShare = BigSpenderShare,
        },
    };
}
