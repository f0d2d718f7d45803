using System.Text.Json;

namespace RecoService.Api.Wire;

/// <summary>What a user did with an item.</summary>
internal sealed record InteractionRequest
{
    /// <summary>Your own id of this interaction. Sending it again changes nothing, so a retry is harmless. 1 to 256 characters; without one it gets one.</summary>
    /// <example>order-1042-line-1</example>
    public string? Id { get; init; }

    /// <summary>The user's id in your shop, 1 to 256 characters. A new one becomes known.</summary>
    /// <example>user-0001</example>
    public string? UserId { get; init; }

    /// <summary>The item's id in your shop, 1 to 256 characters. A new one becomes known.</summary>
    /// <example>item-0042</example>
    public string? ItemId { get; init; }

    /// <summary>One of the configured kinds: view, click, add-to-cart, purchase, like, rating, dislike, return, remove-from-cart.</summary>
    /// <example>purchase</example>
    public string? Kind { get; init; }

    /// <summary>The rating on the configured scale (0.5 to 5 by default). Needed for kind rating; other kinds may carry a number of their own.</summary>
    public double? Value { get; init; }

    /// <summary>When it happened, ISO 8601 with a time zone; now, when left out or ahead of the service's clock. More than 24 hours ahead is refused.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The visit it belongs to.</summary>
    /// <example>visit-7f3a</example>
    public string? SessionId { get; init; }

    /// <summary>The order it belongs to.</summary>
    /// <example>order-1042</example>
    public string? OrderId { get; init; }

    /// <summary>How many pieces; above 0.</summary>
    /// <example>2</example>
    public double? Quantity { get; init; }

    /// <summary>Price of one piece; 0 or more, kept to six decimals.</summary>
    /// <example>19.90</example>
    public decimal? UnitPrice { get; init; }

    /// <summary>The recommendationId of the list the user acted on.</summary>
    public Guid? RecommendationId { get; init; }

    /// <summary>What else you want to keep with it, a JSON object of up to 16 KB. It is stored and told again; nothing is learned from it.</summary>
    [Shape(typeof(Dictionary<string, JsonElement>))]
    public JsonElement? Attributes { get; init; }
}

/// <summary>A user's rating of an item; a later one replaces it.</summary>
internal sealed record RatingRequest
{
    /// <summary>On the configured scale, 0.5 to 5 by default.</summary>
    /// <example>4.5</example>
    public double? Value { get; init; }

    /// <summary>When it was given, ISO 8601 with a time zone; now, when left out or ahead of the service's clock. An older rating than the stored one changes nothing.</summary>
    public DateTimeOffset? OccurredAt { get; init; }
}
