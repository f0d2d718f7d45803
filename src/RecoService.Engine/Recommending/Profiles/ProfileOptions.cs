namespace RecoService.Engine.Recommending.Profiles;

/// <summary>How users and items are described.</summary>
public sealed record ProfileOptions
{
    /// <summary>Attributes whose values a user's profile names beside the categories: those that are texts or lists of texts.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = ["brand"];

    /// <summary>The most values of each.</summary>
    public int MostValues { get; init; } = 10;

    /// <summary>The age at which an interaction counts half in the shares; above 0. Default 90 days.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The name of the kind that is a view; purchases are of the kind of the largest weight. One that the shop does not have leaves the conversion unknown.</summary>
    public string ViewKind { get; init; } = "view";

    /// <summary>When a user belongs to a segment.</summary>
    public SegmentRules Segments { get; init; } = new();
}

/// <summary>The thresholds of <see cref="Profiles.Segments"/>.</summary>
public sealed record SegmentRules
{
    /// <summary>New: the first interaction is no older. Default 30 days.</summary>
    public TimeSpan NewFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Active: the last interaction is no older. Default 30 days.</summary>
    public TimeSpan ActiveWithin { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Dormant: the last interaction is older. Default 180 days.</summary>
    public TimeSpan DormantAfter { get; init; } = TimeSpan.FromDays(180);

    /// <summary>Lapsing: away for longer than so many of the user's own intervals; above 1. Default 2.</summary>
    public double LapsingIntervals { get; init; } = 2;

    /// <summary>Lapsing: and for longer than this, so that who comes daily is not missed after two days. Default 7 days.</summary>
    public TimeSpan LapsingAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Loyal: purchases on at least so many days. Default 3.</summary>
    public int LoyalDays { get; init; } = 3;

    /// <summary>Bargain hunter: at least this part of the purchases is of items that are on sale, 0..1. Default 0.5.</summary>
    public double BargainShare { get; init; } = 0.5;

    /// <summary>Big spender: the user's median price is no lower than those of this part of the catalogue, 0..1. Default 0.8.</summary>
    public double BigSpenderShare { get; init; } = 0.8;
}
