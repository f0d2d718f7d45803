using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Turns rules as they are sent into what is stored and into what acts, and names every fault of them.</summary>
internal static class RuleReader
{
    public const int MostPosition = 200;
    public const double MostFactor = 100;

    private const int MostFieldCharacters = 256;

    /// <summary>Checks a rule against the shop as it is now.</summary>
    /// <param name="request">The rule.</param>
    /// <param name="state">Knows the placements, and the fields and types of the items.</param>
    /// <param name="problems">Takes the faults.</param>
    public static void Check(RuleRequest request, ServingState state, ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope("", problems);
        CheckPlacements(fields, request.Placements, state);
        CheckFilter(fields, "when", request.When, state, mayNameItems: false);
        if (request.Items is null)
            fields.Add("items", "is missing; it says which items the rule is about");
        CheckFilter(fields, "items", request.Items, state, mayNameItems: true);
        if (request is { From: { } from, Until: { } until } && until <= from)
            fields.Add("until", "lies before from");
        if (request.Action is null)
            fields.Add("action", "is missing; it is one of boost, bury, pin, exclude and limit");
        else
            CheckAction(new FieldScope("action", problems), request.Action);
    }

    /// <summary>Checks the placements that a rule or an experiment names.</summary>
    public static void CheckPlacements(FieldScope fields, IReadOnlyList<string?>? placements, ServingState state)
    {
        for (var position = 0; position < placements?.Count; position++)
        {
            if (placements[position] is not { } name || !state.Placements.ContainsKey(name))
                fields.Add($"placements[{position}]", $"'{placements[position] ?? "null"}' is not a placement; the placements are {string.Join(", ", state.Placements.Keys)}");
        }

        if (placements is { Count: 0 })
            fields.Add("placements", "is empty; leave it out for all placements");
    }

    /// <summary>Checks a filter that a rule or an experiment has.</summary>
    /// <param name="fields">Takes the faults.</param>
    /// <param name="name">Of its field.</param>
    /// <param name="text">Null is none.</param>
    /// <param name="state">Knows the fields and types of the items.</param>
    /// <param name="mayNameItems">Whether it may name fields of the items.</param>
    public static void CheckFilter(FieldScope fields, string name, string? text, ServingState state, bool mayNameItems)
    {
        if (text is null)
            return;
        var (filter, error) = state.Filters.Get(text);
        if (error is not null)
            fields.Add(name, $"at character {error.Position}: {error.Message}");
        else if (!mayNameItems && filter!.DependsOnItem)
            fields.Add(name, "names a field of the items; it may name values of the request alone, as context.device or current.category");
    }

    /// <summary>The rule as it is stored. Its id stands beside it.</summary>
    public static string ToDefinition(RuleRequest request) => JsonSerializer.Serialize(request with { Id = null }, WireJson.Options);

    /// <summary>A stored rule as it was sent.</summary>
    /// <returns>Null for a definition that this version cannot read.</returns>
    public static RuleRequest? Read(StoredDefinition stored)
    {
        try
        {
            return stored.Definition is null ? null : JsonSerializer.Deserialize<RuleRequest>(stored.Definition, WireJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The stored rules as they act; one that this version cannot read does not.</summary>
    public static RuleSet ToRuleSet(StoredDefinitions stored) => new(stored.All.Select(ToRule).OfType<MerchandisingRule>());

    private static MerchandisingRule? ToRule(StoredDefinition stored) => Read(stored) is { Items: { } items, Action: { } action } request && ToAction(action) is { } acts
        ? new MerchandisingRule(stored.Id, stored.Revision, items, acts)
        {
            Placements = [.. request.Placements?.OfType<string>() ?? []],
            When = request.When,
            From = request.From?.ToUnixTimeMilliseconds(),
            Until = request.Until?.ToUnixTimeMilliseconds(),
            IsEnabled = request.Enabled ?? true,
        }
        : null;

    private static RuleAction? ToAction(RuleActionRequest action) => action switch
    {
        { Boost: { } factor } => new BoostAction(factor),
        { Bury: { } factor } => new BoostAction(factor),
        { Pin: { } position } => new PinAction(position),
        { Exclude: true } => new ExcludeAction(),
        { Limit: { By: { } by, Most: { } most } } => new LimitAction(by, most),
        _ => null,
    };

    private static void CheckAction(FieldScope fields, RuleActionRequest action)
    {
        var given = new object?[] { action.Boost, action.Bury, action.Pin, action.Exclude, action.Limit }.Count(member => member is not null);
        if (given != 1)
            fields.Add("", $"names {given} of boost, bury, pin, exclude and limit; a rule does one of them");
        if (action.Boost is { } boost && boost is not (>= 1 and <= MostFactor))
            fields.Add("boost", $"must be 1 to {MostFactor}");
        if (action.Bury is { } bury && bury is not (>= 1 / MostFactor and <= 1))
            fields.Add("bury", "must be 0.01 to 1");
        if (action.Pin is < 1 or > MostPosition)
            fields.Add("pin", $"must be 1 to {MostPosition}");
        if (action.Exclude == false)
            fields.Add("exclude", "must be true; disable or delete a rule that is to do nothing");
        if (action.Limit is not { } limit)
            return;
        if (string.IsNullOrEmpty(limit.By))
            fields.Add("limit.by", "is missing; it is category, or the name of an attribute");
        fields.CheckText("limit.by", limit.By, MostFieldCharacters);
        if (limit.Most is not (>= 1 and <= MostPosition))
            fields.Add("limit.most", $"must be 1 to {MostPosition}");
    }
}
