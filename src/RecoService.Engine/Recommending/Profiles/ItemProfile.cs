namespace RecoService.Engine.Recommending.Profiles;

/// <summary>What is known of an item, from what users did with it and from the catalogue of a serving state.</summary>
public sealed record ItemProfile
{
    /// <summary>Nothing in its record speaks against showing it.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>Variants of one article share it; null where there are none.</summary>
    public string? GroupId { get; init; }

    /// <summary>What it costs; null without a price.</summary>
    public ItemPrice? Price { get; init; }

    /// <summary>Users who did anything with it that counts.</summary>
    public int Users { get; init; }

    /// <summary>Users who are for it: whose interactions with it weigh more than 0.</summary>
    public int Supporters { get; init; }

    /// <summary>Users who bought it.</summary>
    public int Buyers { get; init; }

    /// <summary>Users who bought it on two days or more (UTC).</summary>
    public int ReturningBuyers { get; init; }

    /// <summary>What users did with it, by kind, in the order of the kinds table.</summary>
    public IReadOnlyList<KindAudience> Kinds { get; init; } = [];

    /// <summary>How it does against its own past.</summary>
    public ItemTrend Trend { get; init; } = new(1, 0, 0);

    /// <summary>Users who viewed it and bought it then or later, of those who viewed it; null where nobody did, or views are not recorded.</summary>
    public Proportion? Conversion { get; init; }

    /// <summary>When users buy it again; null where nobody has.</summary>
    public ItemRepurchase? Repurchase { get; init; }
}

/// <param name="Price">Without a sale.</param>
/// <param name="SalePrice">Null where it is not on sale.</param>
/// <param name="Currency">Null for an item without one.</param>
/// <param name="Category">The first of its categories; null without one.</param>
/// <param name="CategoryItems">Items of the category, or below it, with a price in this currency, this one included; null without a category.</param>
/// <param name="CategoryShare">The part of them that cost no more, itself included; above 0 up to 1.</param>
public sealed record ItemPrice(double Price, double? SalePrice, string? Currency, string? Category, int? CategoryItems, double? CategoryShare);

/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Users">How many users.</param>
/// <param name="Events">How often; of ratings the last of each user.</param>
public sealed record KindAudience(byte KindIndex, int Users, int Events);

/// <param name="Growth">(n + 3) / (e + 3) for n <paramref name="Users"/> and e <paramref name="ExpectedUsers"/>: above 1 it grows faster than the shop, below 1 more slowly.</param>
/// <param name="Users">Users who came of late, each counting half after three days.</param>
/// <param name="ExpectedUsers">As many as would have come, had the item kept its share of the shop's demand of the last months.</param>
public sealed record ItemTrend(float Growth, float Users, float ExpectedUsers);

/// <summary>As of the last building of the state, drawn towards the shop's own where few users say it.</summary>
/// <param name="Share">How likely somebody who has it buys it again at all, 0..1.</param>
/// <param name="IntervalDays">Between two purchases.</param>
public sealed record ItemRepurchase(double Share, double IntervalDays);
