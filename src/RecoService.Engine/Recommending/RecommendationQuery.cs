using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Recommending;

/// <summary>What is asked for: a list for a user, or for somebody of whom only a visit is known.</summary>
/// <param name="Limit">The most items, at least 1.</param>
public sealed record RecommendationQuery(int Limit)
{
    /// <summary>The external id; one nobody has heard of gets what everybody likes. Null: the events say all there is.</summary>
    public string? UserId { get; init; }

    /// <summary>What was done in the visit, the oldest first. Not null: they stand in the place of the user's history. Unknown items among them say nothing.</summary>
    public IReadOnlyCollection<SessionInteraction>? Events { get; init; }

    /// <summary>What is known of the user beyond what they did; null: what the state knows.</summary>
    public UserContent? UserContent { get; init; }

    /// <summary>Whether items of the events may come back, unless they are consumed.</summary>
    public bool IncludeContext { get; init; }

    /// <summary>Where the list is shown: one of <see cref="ServingState.Placements"/>.</summary>
    public string Placement { get; init; } = Recommending.Placement.HomeName;

    /// <summary>The item that the list is about, where the placement needs one.</summary>
    public string? ItemId { get; init; }

    /// <summary>More items that the list is about, as those of a basket, or those to be ordered, whatever the limit; unknown ones say nothing.</summary>
    public IReadOnlyCollection<string> ItemIds { get; init; } = [];

    /// <summary>Items that are not wanted; unknown ones say nothing.</summary>
    public IReadOnlyCollection<string> Excluded { get; init; } = [];

    /// <summary>Items of <see cref="Excluded"/> that earlier pages of the same list have shown.</summary>
    public IReadOnlyCollection<string> Shown { get; init; } = [];

    /// <summary>What else is known of the request, by name, for filters and rules; null: nothing.</summary>
    public IReadOnlyDictionary<string, FilterValue>? Context { get; init; }

    /// <summary>What the merchant wants of lists.</summary>
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>How experiments have the list made, by <see cref="ServingState.Assign"/> of the same state; null: as the placement is.</summary>
    public Assignment? Assigned { get; init; }

    /// <summary>What items have to be, by <see cref="ServingState.Filters"/> of the same state; null: anything.</summary>
    public CompiledFilter? Filter { get; init; }

    /// <summary>What becomes of a list that is shorter than its limit; null: as the placement has it.</summary>
    public ListFallback? Fallback { get; init; }

    /// <summary>Whether items that stay consumed may be listed; null: as the placement has it.</summary>
    public bool? AllowsConsumed { get; init; }

    /// <summary>Of what a placement draws by chance: the same gives the same list.</summary>
    public int Seed { get; init; }

    /// <summary>What the places that explore draw by, chosen anew for every list that somebody sees, or propensities say nothing; null: nothing explores.</summary>
    public int? ExplorationSeed { get; init; }

    /// <summary>Unix milliseconds: consumed items whose days are over may be shown again. 0: none may.</summary>
    public long Now { get; init; }
}
