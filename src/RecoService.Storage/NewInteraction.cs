namespace RecoService.Storage;

/// <summary>An interaction as validated at the edge, not yet stored.</summary>
public sealed record NewInteraction
{
    /// <summary>The client's id, which makes a retry harmless; null when it gave none. Ratings need none: a user has one rating of an item.</summary>
    public string? Id { get; init; }

    public required string UserId { get; init; }

    public required string ItemId { get; init; }

    /// <summary>An index of the configured <see cref="RecoService.Engine.Data.InteractionKinds"/>.</summary>
    public required byte KindIndex { get; init; }

    /// <summary>The rating, or null where the kind has no value.</summary>
    public double? Value { get; init; }

    /// <summary>When it happened; null = when it is stored.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public string? SessionId { get; init; }

    public string? OrderId { get; init; }

    public double? Quantity { get; init; }

    public decimal? UnitPrice { get; init; }

    /// <summary>What else the client says of it, a JSON object as text. It is kept and told again; nothing is learned from it.</summary>
    public string? AttributesJson { get; init; }

    /// <summary>The list the user acted on, for later attribution.</summary>
    public Guid? RecommendationId { get; init; }
}
