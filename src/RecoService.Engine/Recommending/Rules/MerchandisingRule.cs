namespace RecoService.Engine.Recommending.Rules;

/// <summary>What a merchant wants of lists, whatever the models say. Never changes.</summary>
/// <param name="RuleId">As the shop names it.</param>
/// <param name="Revision">Later rules have higher ones.</param>
/// <param name="Items">Which items it is about: a filter expression.</param>
/// <param name="Action">What becomes of them.</param>
public sealed record MerchandisingRule(string RuleId, long Revision, string Items, RuleAction Action)
{
    /// <summary>The names of the placements it acts in; empty: all.</summary>
    public IReadOnlyList<string> Placements { get; init; } = [];

    /// <summary>What has to hold of the request: a filter expression that names <c>current.</c>, <c>context.</c> and <c>user.</c> alone; null: anything.</summary>
    public string? When { get; init; }

    /// <summary>Unix milliseconds at which it begins; null: it has begun.</summary>
    public long? From { get; init; }

    /// <summary>Unix milliseconds at which it ends; null: never.</summary>
    public long? Until { get; init; }

    /// <summary>Whether it acts at all.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Whether it may act in a placement at a time; what it says of the request is another matter.</summary>
    public bool MayActIn(string placement, long now) =>
        IsEnabled && !(now < From) && !(now >= Until) && Placements.Include(placement);
}

/// <summary>What a rule does with its items.</summary>
public abstract record RuleAction;

/// <summary>Multiplies the value of candidates, so that they move up, or down below 1.</summary>
/// <param name="Factor">Above 0.</param>
public sealed record BoostAction(double Factor) : RuleAction;

/// <summary>Puts the best of the items at a position.</summary>
/// <param name="Position">From 1.</param>
public sealed record PinAction(int Position) : RuleAction;

/// <summary>Leaves the items out.</summary>
public sealed record ExcludeAction : RuleAction;

/// <summary>Lets at most so many with one value of a field into a list.</summary>
/// <param name="By"><c>category</c>, or the name of an attribute.</param>
/// <param name="Most">At least 1.</param>
public sealed record LimitAction(string By, int Most) : RuleAction;
