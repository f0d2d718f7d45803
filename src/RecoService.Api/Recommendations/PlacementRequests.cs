using System.Text.Json;
using Microsoft.AspNetCore.Http.Headers;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Api.Recommendations;

/// <summary>Turns what a page asks for into what the engine takes, or names every fault of it.</summary>
/// <param name="state">Knows the placements.</param>
/// <param name="rules">What the merchant wants of lists.</param>
/// <param name="experiments">Which lists some of the users get.</param>
/// <param name="validators">Check the interactions.</param>
/// <param name="limits">How much a request may hold.</param>
/// <param name="wireLimits">How long an id may be.</param>
/// <param name="now">When it is asked.</param>
/// <param name="startedAt">The same as a timestamp.</param>
/// <param name="headers">Say the language of sentences; null for the default.</param>
internal sealed class PlacementRequests(
    ServingState state, RuleSet rules, ExperimentSet experiments, WireValidators validators, LimitSettings limits, WireLimits wireLimits, DateTimeOffset now, long startedAt, IHeaderDictionary? headers)
{
    public const int MaxItems = 1_000;
    public const int MaxLists = 20;
    public const int MaxContextValues = 20;
    public const int MaxContextText = 256;

    private readonly List<FieldProblem> problems = [];

    /// <summary>What lists come from.</summary>
    public ServingState State => state;

    /// <summary>Whether lists say why each item is in them.</summary>
    public bool Explains { get; private set; }

    /// <summary>What stands beside each item; null for nothing.</summary>
    public IncludedFields? Included { get; private set; }

    /// <summary>What the request says of itself, as it is kept with what is shown; null for nothing.</summary>
    public string? ContextJson { get; private set; }

    /// <summary>In which language.</summary>
    public string Language => field ??= headers is null ? Sentences.Default : Sentences.LanguageOf(new RequestHeaders(headers));

    /// <summary>When they are asked for, as a timestamp.</summary>
    public long StartedAt => startedAt;

    /// <summary>When they are asked for.</summary>
    public DateTimeOffset Now => now;

    /// <summary>One list.</summary>
    /// <exception cref="InvalidRequestException">Something is wrong.</exception>
    public RecommendationQuery Read(ListRequest request)
    {
        var query = ReadList(request);
        Requests.ThrowIfAny(problems);
        return state.Assign(query, experiments);
    }

    /// <summary>The short form of a call that has its filter in the query.</summary>
    /// <param name="request">What else it says.</param>
    /// <param name="filter">As the caller wrote it.</param>
    /// <param name="expression">The same with all that the other parameters say.</param>
    /// <exception cref="InvalidRequestException">Something is wrong.</exception>
    public RecommendationQuery ReadShort(ListRequest request, string? filter, string? expression)
    {
        var query = ReadList(request);
        // By itself first, so that an error is told in the caller's own words.
        var compiled = ReadFilter(filter, "");
        if (compiled is not null || filter is null)
            compiled = ReadFilter(expression, "");
        Requests.ThrowIfAny(problems);
        return state.Assign(query with { Filter = compiled }, experiments);
    }

    /// <summary>The lists of a page, in its order.</summary>
    /// <exception cref="InvalidRequestException">Something is wrong.</exception>
    public IReadOnlyList<RecommendationQuery> Read(PageRequest request)
    {
        var audience = ReadAudience(request);
        if (request.Lists is not { Count: > 0 and <= MaxLists } lists)
        {
            problems.Add(new FieldProblem("lists", $"must hold 1 to {MaxLists} lists"));
            lists = [];
        }

        var queries = new List<RecommendationQuery>(lists.Count);
        for (var position = 0; position < lists.Count; position++)
        {
            var field = $"lists[{position}]";
            if (lists[position] is not { } list)
                problems.Add(new FieldProblem(field, "is null; a list is an object"));
            else if (list.Placement is null)
                problems.Add(new FieldProblem($"{field}.placement", $"is missing; the placements are {Names}"));
            else
                queries.Add(ReadList(audience, list.Placement, list.Limit, list.Filter, list.Fallback, field + "."));
        }

        Requests.ThrowIfAny(problems);
        return queries.ConvertAll(query => state.Assign(query, experiments));
    }

    private string Names => string.Join(", ", state.Placements.Keys);

    private RecommendationQuery ReadList(ListRequest request)
    {
        var query = ReadList(ReadAudience(request), request.Placement ?? Placement.HomeName, request.Limit, request.Filter, request.Fallback, "");
        if (request.Cursor is null)
            return query;
        if (ListCursor.Read(state, request.Cursor) is not { } shown)
        {
            problems.Add(new FieldProblem("cursor", "is not the `next` of a list; start again without one"));
            return query;
        }

        return query with { Shown = shown, Excluded = [.. query.Excluded, .. shown] };
    }

    private RecommendationQuery ReadAudience(AudienceRequest request)
    {
        Explains = request.Explain ?? false;
        Included = IncludedFields.Read(request.Include, state.Catalogue.Columns, problems);
        var fields = new FieldScope("", problems);
        fields.CheckOptionalId("userId", request.UserId, wireLimits);
        fields.CheckOptionalId("itemId", request.ItemId, wireLimits);
        if (request is { UserId: not null, Interactions: not null })
            fields.Add("interactions", "stand beside a userId; the history of a user is known, so give one or the other");
        return new RecommendationQuery(1)
        {
            UserId = request.UserId,
            Events = ReadInteractions(request.Interactions),
            ItemId = request.ItemId,
            ItemIds = ReadItemIds("itemIds", request.ItemIds, least: 1),
            Excluded = ReadItemIds("exclude", request.Exclude, least: 0),
            AllowsConsumed = request.AllowConsumed,
            Context = ReadContext(request.Context),
            Seed = request.Seed ?? 0,
            ExplorationSeed = request.Seed,
            Rules = rules,
            Now = now.ToUnixTimeMilliseconds(),
        };
    }

    private Dictionary<string, FilterValue>? ReadContext(IReadOnlyDictionary<string, JsonElement>? context)
    {
        if (context is null)
            return null;
        var fields = new FieldScope("context", problems);
        if (context.Count > MaxContextValues)
            fields.Add("", $"holds {context.Count} values; the most are {MaxContextValues}");
        var values = new Dictionary<string, FilterValue>(StringComparer.Ordinal);
        foreach (var (name, value) in context)
        {
            if (WireText.Problem(name, MaxContextText, multiline: false) is { } fault || name.Length == 0)
                fields.Add("", $"has a name that is empty, longer than {MaxContextText} characters, or holds control characters");
            else if (value.ValueKind == JsonValueKind.String)
                AddText(name, value.GetString()!);
            else if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                values[name] = FilterValue.Of(value.GetBoolean());
            else if (value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()))
                values[name] = FilterValue.Of(value.GetDouble());
            else
                fields.Add(name, "must be a text, a number, true or false");
        }

        ContextJson = values.Count == 0 ? null : JsonSerializer.Serialize(context, WireJson.Options);
        return values;

        void AddText(string name, string text)
        {
            fields.CheckText(name, text, MaxContextText);
            values[name] = FilterValue.Of(text);
        }
    }

    private IReadOnlyList<SessionInteraction>? ReadInteractions(IReadOnlyList<SessionInteractionRequest?>? interactions)
    {
        if (interactions is null)
            return null;
        if (interactions.Count > 0 && interactions.Count <= limits.MaxInteractionsPerRequest)
            return validators.Sessions.Validate(interactions, problems);
        problems.Add(new FieldProblem("interactions", $"must hold 1 to {limits.MaxInteractionsPerRequest} interactions"));
        return [];
    }

    private string[] ReadItemIds(string name, IReadOnlyList<string?>? itemIds, int least)
    {
        if (itemIds is null)
            return [];
        var fields = new FieldScope("", problems);
        if (itemIds.Count < least || itemIds.Count > MaxItems)
        {
            fields.Add(name, $"must hold {least} to {MaxItems} item ids");
            return [];
        }

        for (var position = 0; position < itemIds.Count; position++)
            fields.CheckId($"{name}[{position}]", itemIds[position], wireLimits);
        return [.. itemIds!];
    }

    private RecommendationQuery ReadList(RecommendationQuery audience, string name, int? limit, string? filter, string? fallback, string path)
    {
        if (!state.Placements.TryGetValue(name, out var placement))
            problems.Add(new FieldProblem($"{path}placement", $"'{name}' is not a placement; the placements are {Names}"));
        else if (placement.Subject == PlacementSubject.Item && audience.ItemId is null)
            problems.Add(new FieldProblem("itemId", $"is missing; the placement {name} is about an item"));
        else if (placement.Subject is PlacementSubject.Items or PlacementSubject.GivenItems && audience is { ItemId: null, ItemIds.Count: 0 } && !problems.Exists(problem => problem.Field.StartsWith("itemIds", StringComparison.Ordinal)))
            problems.Add(new FieldProblem("itemIds", $"is missing; the placement {name} is about items"));
        if (limit is < 1 or > Requests.MaxListLimit)
            problems.Add(new FieldProblem($"{path}limit", $"must be between 1 and {Requests.MaxListLimit}"));
        return audience with { Placement = name, Limit = limit ?? Requests.DefaultListLimit, Filter = ReadFilter(filter, path), Fallback = ReadFallback(fallback, path) };
    }

    private ListFallback? ReadFallback(string? text, string path)
    {
        if (text is null)
            return null;
        if (PlacementSettings.Fallbacks.TryGetValue(text, out var fallback))
            return fallback;
        problems.Add(new FieldProblem($"{path}fallback", $"must be {string.Join(", ", PlacementSettings.Fallbacks.Keys)}"));
        return null;
    }

    private CompiledFilter? ReadFilter(string? text, string path)
    {
        if (text is null)
            return null;
        var (filter, error) = state.Filters.Get(text);
        if (error is not null)
            problems.Add(new FieldProblem($"{path}filter", $"at character {error.Position}: {error.Message}"));
        return filter;
    }
}
