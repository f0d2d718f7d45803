using System.Text.Json;

namespace RecoService.Api.Wire;

/// <summary>An item's whole catalogue record; what is left out is not known.</summary>
internal record ItemRequest
{
    /// <summary>1 to 500 characters.</summary>
    /// <example>Enamel mug, cream</example>
    public string? Title { get; init; }

    /// <summary>1 to 10,000 characters; line ends are kept.</summary>
    /// <example>Holds 350 ml and survives a fall.</example>
    public string? Description { get; init; }

    /// <summary>At most 50, each of 1 to 200 characters.</summary>
    /// <example>["kitchen", "mugs"]</example>
    public IReadOnlyList<string?>? Categories { get; init; }

    /// <summary>0 or more, kept to six decimals.</summary>
    /// <example>12.50</example>
    public decimal? Price { get; init; }

    /// <summary>The price while the item is on sale, in the same currency; 0 or more, kept to six decimals. Left out when it is not on sale.</summary>
    /// <example>9.90</example>
    public decimal? SalePrice { get; init; }

    /// <summary>ISO 4217, three capital letters.</summary>
    /// <example>EUR</example>
    public string? Currency { get; init; }

    /// <summary>It can be bought now; true when left out. Unavailable items are not recommended.</summary>
    /// <example>true</example>
    public bool? Available { get; init; }

    /// <summary>Never recommended; false when left out.</summary>
    /// <example>false</example>
    public bool? Hidden { get; init; }

    /// <summary>When it came into the assortment, ISO 8601 with a time zone.</summary>
    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>Variants of one article share it; a list shows one of them.</summary>
    /// <example>enamel-mug</example>
    public string? GroupId { get; init; }

    /// <summary>Absolute http or https address, at most 2,000 characters.</summary>
    /// <example>https://shop.example/images/mug.jpg</example>
    public string? ImageUrl { get; init; }

    /// <summary>For what is bought again: after so many days a consumed item may be recommended to the same user again, 0 to 36,500; 0 = at once.
    /// Left out: as the kind of the interaction says, which is never again unless configured.</summary>
    /// <example>30</example>
    public double? ConsumesForDays { get; init; }

    /// <summary>A JSON object of your own, at most 16 KB and 8 levels deep.</summary>
    [Shape(typeof(Dictionary<string, JsonElement>))]
    public JsonElement? Attributes { get; init; }
}

/// <summary>What is known of a user beside the interactions.</summary>
internal record UserRequest
{
    /// <summary>A JSON object of your own, at most 16 KB and 8 levels deep.</summary>
    [Shape(typeof(Dictionary<string, JsonElement>))]
    public JsonElement? Attributes { get; init; }
}

/// <summary>Who is to become the user of the path.</summary>
internal sealed record MergeRequest
{
    /// <summary>The visitor's id, 1 to 256 characters; another than the user's.</summary>
    /// <example>visitor-7</example>
    public string? From { get; init; }
}

/// <summary>An item as a line of an import.</summary>
internal sealed record ItemLine : ItemRequest
{
    /// <summary>The item's id in your shop, 1 to 256 characters.</summary>
    public string? ItemId { get; init; }

    /// <summary>The price before a reduction. Where it is higher than the price, it is stored as the price, and the price as the sale price.</summary>
    public decimal? CompareAtPrice { get; init; }
}

/// <summary>A user as a line of an import.</summary>
internal sealed record UserLine : UserRequest
{
    /// <summary>The user's id in your shop, 1 to 256 characters.</summary>
    public string? UserId { get; init; }
}
