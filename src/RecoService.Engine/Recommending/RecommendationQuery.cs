namespace RecoService.Engine.Recommending;

/// <summary>What is asked for: a list for a user, or for somebody of whom only a visit is known.</summary>
/// <param name="Limit">The most items, at least 1.</param>
public readonly record struct RecommendationQuery(int Limit)
{
    /// <summary>The external id; one nobody has heard of gets what everybody likes. Null: the events say all there is.</summary>
    public string? UserId { get; init; }

    /// <summary>What was done in the visit, the oldest first. Not null: they stand in the place of the user's history. Unknown items among them say nothing.</summary>
    public IReadOnlyCollection<SessionInteraction>? Events { get; init; }

    /// <summary>Whether items of the events may come back, unless they are consumed.</summary>
    public bool IncludeContext { get; init; }

    /// <summary>Unix milliseconds: consumed items whose days are over may be shown again. 0: none may.</summary>
    public long Now { get; init; }
}
