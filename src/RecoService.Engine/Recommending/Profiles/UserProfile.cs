namespace RecoService.Engine.Recommending.Profiles;

/// <summary>What is known of a user, from the history that a serving state holds of them. Times are Unix milliseconds.</summary>
public sealed record UserProfile
{
    /// <summary>Of the last interaction; null of a user who did nothing.</summary>
    public long? LastSeen { get; init; }

    /// <summary>How many distinct items the user acted on.</summary>
    public int Items { get; init; }

    /// <summary>How many of them the user has consumed.</summary>
    public int ConsumedItems { get; init; }

    /// <summary>What the single interactions say; null where the state keeps sums only, which is where no placement and no model needs more.</summary>
    public UserActivity? Activity { get; init; }

    /// <summary>What the user did, by kind, in the order of the kinds table; empty where <see cref="Activity"/> is null.</summary>
    public IReadOnlyList<KindActivity> Kinds { get; init; } = [];

    /// <summary>The categories, those above them included, largest share first.</summary>
    public IReadOnlyList<ValueShare> Categories { get; init; } = [];

    /// <summary>The values of each attribute that is asked for, in the order of <see cref="ProfileOptions.Attributes"/>.</summary>
    public IReadOnlyList<AttributeShares> Attributes { get; init; } = [];

    /// <summary>What the user tends to pay; null with fewer than three priced items.</summary>
    public UserPrices? Prices { get; init; }

    /// <summary>The segments that the user likely belongs to.</summary>
    public IReadOnlyList<Segment> Segments { get; init; } = [];
}

/// <param name="Events">Interactions that count.</param>
/// <param name="LastWeek">Of the last 7 days.</param>
/// <param name="LastMonth">Of the last 30 days.</param>
/// <param name="LastQuarter">Of the last 90 days.</param>
/// <param name="Days">On how many days (UTC).</param>
/// <param name="FirstSeen">Unix milliseconds; null where there is none.</param>
/// <param name="IsComplete">False where there are as many as the state keeps of a user, so that older ones may be missing.</param>
public sealed record UserActivity(int Events, int LastWeek, int LastMonth, int LastQuarter, int Days, long? FirstSeen, bool IsComplete);

/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Count">How often.</param>
/// <param name="Last">Unix milliseconds.</param>
public sealed record KindActivity(byte KindIndex, int Count, long Last);

/// <param name="Value">A category path, or a value of an attribute.</param>
/// <param name="Share">Its part of the weight of all interactions with items that have a value, above 0 up to 1. An item with several values counts for each.</param>
/// <param name="Last">Unix milliseconds of the last interaction with an item of it.</param>
public sealed record ValueShare(string Value, double Share, long Last);

/// <param name="Name">The attribute.</param>
/// <param name="Values">Largest share first.</param>
public sealed record AttributeShares(string Name, IReadOnlyList<ValueShare> Values);

/// <summary>Quantiles of the prices of what a user acted on, by the weight of the interactions, in the currency of the most weight.</summary>
/// <param name="Currency">Null for items without one.</param>
/// <param name="Low">A tenth of the weight lies at or below it.</param>
/// <param name="Median">Half of it.</param>
/// <param name="High">Nine tenths of it.</param>
/// <param name="Items">How many items say so; at least 3.</param>
/// <param name="CatalogueShare">The part of the catalogue's items with a price in this currency that cost no more than the median, 0..1.</param>
public sealed record UserPrices(string? Currency, double Low, double Median, double High, int Items, double CatalogueShare);

/// <param name="Name">One of <see cref="Profiles.Segments"/>.</param>
/// <param name="Evidence">The figures that the rule looked at, by name.</param>
public sealed record Segment(string Name, IReadOnlyDictionary<string, double> Evidence);
