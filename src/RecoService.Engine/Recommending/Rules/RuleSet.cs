using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Recommending.Rules;

/// <summary>
/// The rules of a shop in the order in which they count. Exclusions and limits hold whatever else is said, so a pinned item that is excluded does not appear. Pins come next; of two for
/// one position the rule with the earlier revision has it, and the other takes the next. Boosts multiply. Never changes.
/// </summary>
public sealed class RuleSet
{
    private readonly MerchandisingRule[] rules;

    /// <param name="rules">In any order.</param>
    public RuleSet(IEnumerable<MerchandisingRule> rules) => this.rules = [.. rules.OrderBy(rule => rule.Revision)];

    /// <summary>No rules.</summary>
    public static RuleSet None { get; } = new([]);

    /// <summary>By revision, the earliest first.</summary>
    public IReadOnlyList<MerchandisingRule> Rules => rules;

    /// <summary>The rules that act on one list.</summary>
    /// <param name="placement">Where it is shown.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="filters">Of the catalogue. A rule whose expression the catalogue's types forbid does not act.</param>
    /// <param name="context">What the rules may know of the request.</param>
    /// <param name="without">Rules that do not act, by id; null for none.</param>
    /// <returns>Null where none acts.</returns>
    internal ActingRules? For(string placement, long now, FilterCache filters, in FilterContext context, IReadOnlySet<string>? without = null)
    {
        ActingRules? acting = null;
        foreach (var rule in rules)
        {
            if (!rule.MayActIn(placement, now) || without?.Contains(rule.RuleId) == true || !Holds(rule.When, filters, context) || filters.Get(rule.Items, UnknownFields.AreMissing).Filter is not { } items)
                continue;
            (acting ??= new ActingRules()).Add(rule, items);
        }

        return acting;
    }

    private static bool Holds(string? when, FilterCache filters, in FilterContext context) =>
        when is null || (filters.Get(when, UnknownFields.AreMissing).Filter is { DependsOnItem: false } condition && condition.Holds(context));
}
