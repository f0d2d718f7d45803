using System.Globalization;
using RecoService.Api.Diagnosing;
using RecoService.Storage.Health;

namespace RecoService.Api.DataDoctor;

/// <summary>A fault that the facts show.</summary>
/// <param name="Code">Names it for programs.</param>
/// <param name="Severity">How grave it is.</param>
/// <param name="Count">How many.</param>
/// <param name="Whole">Out of how many; null where there is no whole.</param>
/// <param name="About">What the examples are.</param>
/// <param name="Examples">Ids of items, or names of kinds.</param>
/// <param name="Message">What was found.</param>
internal sealed record Finding(string Code, Severity Severity, long Count, long? Whole, string About, IReadOnlyList<string> Examples, string Message)
{
    /// <summary>Users, by the store's keys.</summary>
    public IReadOnlyList<int> UserKeys { get; init; } = [];
}

internal enum Severity
{
    Error,
    Warning,
    Note,
}

/// <summary>Says which of the facts are faults, and how grave they are.</summary>
internal static class Findings
{
    public const string OfItems = "items";
    public const string OfUsers = "users";
    public const string OfKinds = "kinds";

    private const double TopHeavy = 0.5;
    private const double FewestPairsPerUser = 3;
    private const double ModerateShift = 0.1;
    private const double LargeShift = 0.25;
    private const double NewItemStep = 0.1;
    private const long FewestLate = 20;
    private const long FewestOfAKind = 50;

    /// <summary>All faults that there are, the gravest first.</summary>
    public static IReadOnlyList<Finding> In(DataFacts facts) =>
        [.. OfAllKinds(facts).Concat(OfTimes(facts)).Concat(OfCatalogue(facts)).Concat(OfShape(facts)).Concat(OfDrift(facts)).Where(finding => finding.Count > 0).OrderBy(finding => finding.Severity)];

    private static IEnumerable<Finding> OfAllKinds(DataFacts facts)
    {
        if (facts.Acts == 0)
        {
            yield return new Finding("no-interactions", Severity.Error, 1, null, OfKinds, [], "There is no interaction.");
            yield break;
        }

        var unseen = facts.Kinds.Where(kind => kind is { IsConfigured: true, Acts: 0 }).Select(kind => kind.Name).ToList();
        yield return new Finding("kind-never-seen", Severity.Note, unseen.Count, facts.Kinds.Count(kind => kind.IsConfigured), OfKinds, Some(unseen), $"{Text(unseen.Count)} of the configured kinds were never seen.");
        foreach (var kind in facts.Kinds.Where(kind => facts.Acts >= FaultCodes.FewestActs && kind.Acts >= FaultCodes.DominantShare * facts.Acts))
            yield return new Finding(FaultCodes.KindDominates, Severity.Warning, kind.Acts, facts.Acts, OfKinds, [kind.Name], $"{Percent(kind.Acts, facts.Acts)} of all interactions are of the kind '{kind.Name}'.");
        var unknown = facts.Kinds.Where(kind => !kind.IsConfigured).ToList();
        yield return new Finding(
            "kind-not-configured", Severity.Warning, unknown.Sum(kind => kind.Acts), facts.Acts, OfKinds, Some(unknown.ConvertAll(kind => kind.Name)),
            $"{Text(unknown.Sum(kind => kind.Acts))} interactions are of kinds that the configuration no longer has.");
    }

    private static IEnumerable<Finding> OfTimes(DataFacts facts)
    {
        yield return OfThoseUsers("future-times", Severity.Error, facts.Future, facts.Acts, $"{Text(facts.Future.Count)} interactions lie in the future.");
        yield return OfThoseUsers("ancient-times", Severity.Error, facts.Ancient, facts.Acts, $"{Text(facts.Ancient.Count)} interactions lie before the year {DataHealth.Ancient.Year}.");
        if (facts.LateByHalfHours >= FewestLate && 2 * facts.LateByHalfHours >= facts.Late)
        {
            yield return new Finding(
                "clock-skew", Severity.Warning, facts.LateByHalfHours, facts.Late, OfKinds, [],
                $"{Text(facts.LateByHalfHours)} of the {Text(facts.Late)} interactions that came late in the last 7 days were late by whole half hours.");
        }
    }

    private static IEnumerable<Finding> OfCatalogue(DataFacts facts)
    {
        yield return new Finding(
            FaultCodes.UnlistedItems, 2 * facts.ActsOnUnlisted > facts.Acts ? Severity.Error : Severity.Warning, facts.ActsOnUnlisted, facts.Acts, OfItems, facts.Unlisted.Examples,
            $"{Text(facts.ActsOnUnlisted)} interactions are with {Text(facts.Unlisted.Count)} items that have no catalogue record.");
        yield return OfThoseItems("items-without-title", Severity.Warning, facts.Untitled, facts.ListedItems, "have no title");
        yield return OfThoseItems("items-without-price", Severity.Note, facts.Unpriced, facts.ListedItems, "have no price");
        yield return OfThoseItems("items-without-category", Severity.Note, facts.Uncategorized, facts.ListedItems, "have no category");
        yield return OfThoseItems("duplicate-items", Severity.Warning, facts.Duplicates, facts.ListedItems, "have the title and the price of another one, and are not of its group");
        yield return OfThoseUsers("shared-sessions", Severity.Note, facts.SharedSessions, null, $"{Text(facts.SharedSessions.Count)} sessions are those of several users.");
    }

    private static IEnumerable<Finding> OfShape(DataFacts facts)
    {
        yield return OfThoseUsers(
            FaultCodes.Programs, Severity.Warning, facts.Programs, facts.Users,
            $"{Text(facts.Programs.Count)} users act like programs. They have {Text(facts.ActsOfPrograms)} interactions, which is {Percent(facts.ActsOfPrograms, facts.Acts)} of all.");
        if (facts.TopShare >= TopHeavy && facts.ActiveItems >= FaultCodes.FewestActs)
            yield return new Finding("concentration", Severity.Note, (facts.ActiveItems + 99) / 100, facts.ActiveItems, OfItems, [], $"The most touched 1% of the items have {Percent(facts.TopShare.Value)} of all interactions.");
        if (facts.ActiveUsers > 0 && facts.Pairs < FewestPairsPerUser * facts.ActiveUsers)
            yield return new Finding("sparse", Severity.Note, facts.Pairs, null, OfUsers, [], $"A user has touched {((double)facts.Pairs / facts.ActiveUsers).ToString("N1", CultureInfo.InvariantCulture)} items on average.");
        if (2 * facts.ColdUsers >= facts.Users)
            yield return new Finding("cold-users", Severity.Note, facts.ColdUsers, facts.Users, OfUsers, [], $"{Text(facts.ColdUsers)} of {Text(facts.Users)} users have fewer than {DataHealth.WarmFrom} interactions.");
        if (3 * facts.ColdItems >= facts.ListedItems)
        {
            yield return new Finding(
                "cold-items", Severity.Note, facts.ColdItems, facts.ListedItems, OfItems, facts.Untouched.Examples,
                $"{Text(facts.ColdItems)} of {Text(facts.ListedItems)} listed items have fewer than {DataHealth.WarmFrom} interactions; {Text(facts.Untouched.Count)} have none.");
        }
    }

    private static IEnumerable<Finding> OfDrift(DataFacts facts)
    {
        var stopped = facts.Kinds.Where(kind => kind is { LastWeek: 0, WeekBefore: >= FewestOfAKind }).Select(kind => kind.Name).ToList();
        yield return new Finding("kind-stopped", Severity.Error, stopped.Count, facts.Kinds.Count, OfKinds, Some(stopped), $"{Text(stopped.Count)} kinds that came in the week before did not come in the last 7 days.");
        var changed = facts.Kinds.Where(kind => kind is { LastWeek: > 0, WeekBefore: >= FewestOfAKind } && (2 * kind.LastWeek < kind.WeekBefore || kind.LastWeek > 2 * kind.WeekBefore)).ToList();
        yield return new Finding(
            "volume-drift", Severity.Warning, changed.Count, facts.Kinds.Count, OfKinds, Some(changed.ConvertAll(kind => kind.Name)),
            $"Less than half or more than twice as many as in the week before: {string.Join(", ", changed.Select(kind => $"{kind.Name} {Text(kind.WeekBefore)} → {Text(kind.LastWeek)}"))}.");
        if (Math.Min(facts.LastWeek, facts.WeekBefore) < FaultCodes.FewestActs)
            yield break;
        if (ShiftOf("kind-drift", facts.KindShift, "kinds of interactions", OfKinds) is { } ofKinds)
            yield return ofKinds;
        if (ShiftOf("category-drift", facts.CategoryShift, "categories that users touch", OfItems) is { } ofCategories)
            yield return ofCategories;
        if (facts.NewItemShare is { } now && facts.NewItemShareBefore is { } before && Math.Abs(now - before) >= NewItemStep)
            yield return new Finding("new-item-drift", Severity.Note, 1, null, OfItems, [], $"{Percent(now)} of the last 7 days' interactions are with items that were new then; in the week before {Percent(before)}.");
    }

    private static Finding? ShiftOf(string code, double? shift, string what, string about) => shift >= ModerateShift
        ? new Finding(code, shift >= LargeShift ? Severity.Warning : Severity.Note, 1, null, about, [], $"The {what} are not those of the week before: the population stability index is {shift.Value.ToString("N2", CultureInfo.InvariantCulture)}.")
        : null;

    private static Finding OfThoseItems(string code, Severity severity, FoundItems found, long all, string what) =>
        new(code, severity, found.Count, all, OfItems, found.Examples, $"{Text(found.Count)} of {Text(all)} listed items {what}.");

    private static Finding OfThoseUsers(string code, Severity severity, FoundUsers found, long? all, string message) => new(code, severity, found.Count, all, OfUsers, [], message) { UserKeys = found.Keys };

    private static IReadOnlyList<string> Some(List<string> names) => [.. names.Take(DataHealth.MostExamples)];

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(long part, long whole) => Percent(whole == 0 ? 0 : (double)part / whole);

    private static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
