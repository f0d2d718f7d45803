namespace RecoService.Storage.Health;

/// <summary>What the store holds, counted at one moment. An act is an interaction of any kind, or a rating; what was taken back is none.</summary>
public sealed record DataFacts
{
    /// <summary>Of this moment.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>All acts.</summary>
    public long Acts { get; init; }

    /// <summary>Each configured kind, also one that is never seen, and each other kind that has acts.</summary>
    public IReadOnlyList<KindFacts> Kinds { get; init; } = [];

    /// <summary>Acts whose time lies ahead of the clock, and users who have them.</summary>
    public FoundUsers Future { get; init; } = FoundUsers.None;

    /// <summary>Acts before <see cref="DataHealth.Ancient"/>, and users who have them.</summary>
    public FoundUsers Ancient { get; init; } = FoundUsers.None;

    /// <summary>Acts on items without a catalogue record.</summary>
    public long ActsOnUnlisted { get; init; }

    /// <summary>Items without a catalogue record that have acts, the most touched first.</summary>
    public FoundItems Unlisted { get; init; } = FoundItems.None;

    /// <summary>Items with a catalogue record.</summary>
    public long ListedItems { get; init; }

    public FoundItems Untitled { get; init; } = FoundItems.None;

    public FoundItems Unpriced { get; init; } = FoundItems.None;

    public FoundItems Uncategorized { get; init; } = FoundItems.None;

    /// <summary>Items beside the first of the same title and price that are not of one group; an example is two ids.</summary>
    public FoundItems Duplicates { get; init; } = FoundItems.None;

    /// <summary>Sessions that several users share; examples are the first and the last of their users.</summary>
    public FoundUsers SharedSessions { get; init; } = FoundUsers.None;

    /// <summary>Users who act like programs, the busiest first.</summary>
    public FoundUsers Programs { get; init; } = FoundUsers.None;

    public long ActsOfPrograms { get; init; }

    /// <summary>Users with a record or an act.</summary>
    public long Users { get; init; }

    /// <summary>Users with an act.</summary>
    public long ActiveUsers { get; init; }

    /// <summary>Items with an act.</summary>
    public long ActiveItems { get; init; }

    /// <summary>Distinct pairs of a user and an item.</summary>
    public long Pairs { get; init; }

    /// <summary>Users with fewer than <see cref="DataHealth.WarmFrom"/> acts.</summary>
    public long ColdUsers { get; init; }

    /// <summary>Listed items with fewer than <see cref="DataHealth.WarmFrom"/> acts.</summary>
    public long ColdItems { get; init; }

    /// <summary>Listed items without an act.</summary>
    public FoundItems Untouched { get; init; } = FoundItems.None;

    /// <summary>The share of acts that the most touched 1% of the touched items have, 0 to 1; null without acts.</summary>
    public double? TopShare { get; init; }

    /// <summary>Gini coefficient of the acts of touched items, 0 to 1; null without acts.</summary>
    public double? Gini { get; init; }

    /// <summary>Acts of the last 7 days.</summary>
    public long LastWeek { get; init; }

    /// <summary>Acts of the 7 days before.</summary>
    public long WeekBefore { get; init; }

    /// <summary>Population stability index of the kinds, last week against the week before; null where either has no act.</summary>
    public double? KindShift { get; init; }

    /// <summary>The same of the categories of the items.</summary>
    public double? CategoryShift { get; init; }

    /// <summary>The share of last week's acts on items that were new in it; null without acts.</summary>
    public double? NewItemShare { get; init; }

    /// <summary>The same of the week before.</summary>
    public double? NewItemShareBefore { get; init; }

    /// <summary>Acts that were received in the last 7 days between 28 minutes and 14 hours 2 minutes after their time.</summary>
    public long Late { get; init; }

    /// <summary>Those of them that were late by whole half hours, within 2 minutes.</summary>
    public long LateByHalfHours { get; init; }
}

/// <summary>What there is of a kind.</summary>
/// <param name="Name">The kind's.</param>
/// <param name="IsConfigured">Whether models learn from it.</param>
/// <param name="Acts">Of all times.</param>
/// <param name="LastWeek">Of the last 7 days.</param>
/// <param name="WeekBefore">Of the 7 days before.</param>
public sealed record KindFacts(string Name, bool IsConfigured, long Acts, long LastWeek, long WeekBefore);

/// <summary>How many, and the ids of some.</summary>
public sealed record FoundItems(long Count, IReadOnlyList<string> Examples)
{
    public static FoundItems None { get; } = new(0, []);
}

/// <summary>How many, and some users by the store's keys: a user who is erased is in no report.</summary>
public sealed record FoundUsers(long Count, IReadOnlyList<int> Keys)
{
    public static FoundUsers None { get; } = new(0, []);
}
