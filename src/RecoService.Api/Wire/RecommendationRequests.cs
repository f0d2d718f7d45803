namespace RecoService.Api.Wire;

/// <summary>What somebody whom the shop does not know has done just now.</summary>
internal sealed record SessionRequest
{
    /// <summary>What they did, the oldest first; 1 to 1,000.</summary>
    public IReadOnlyList<SessionInteractionRequest?>? Interactions { get; init; }

    /// <summary>The most items of the list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }

    /// <summary>Whether items of the interactions may come back in the list; false when left out. What was bought or rated never does.</summary>
    /// <example>false</example>
    public bool? IncludeContext { get; init; }
}

/// <summary>An interaction of a session. It is used for this list and not stored.</summary>
internal sealed record SessionInteractionRequest
{
    /// <summary>The item's id in your shop. One that is not known says nothing.</summary>
    /// <example>item-0042</example>
    public string? ItemId { get; init; }

    /// <summary>One of the configured kinds: view, click, add-to-cart, purchase, like, rating, dislike, return, remove-from-cart.</summary>
    /// <example>click</example>
    public string? Kind { get; init; }

    /// <summary>The rating on the configured scale (0.5 to 5 by default). Needed for kind rating.</summary>
    public double? Value { get; init; }

    /// <summary>When it happened, ISO 8601 with a time zone; just after the one before, when left out.</summary>
    public DateTimeOffset? OccurredAt { get; init; }
}

/// <summary>For whom lists are made at once.</summary>
internal sealed record BatchRequest
{
    /// <summary>1 to 10,000 user ids. One that nobody has heard of gets popular items; one that is named more than once is answered once.</summary>
    public IReadOnlyList<string?>? UserIds { get; init; }

    /// <summary>The most items of each list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }
}
