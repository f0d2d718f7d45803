using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Rules;

/// <param name="Id">The rule's id.</param>
/// <param name="Revision">Of this change; ascends over all rules.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Placements">The placements it acts in; null: all.</param>
/// <param name="When">What has to hold of the request; null: anything.</param>
/// <param name="Items">The items it is about.</param>
/// <param name="Action">What becomes of them; null in a revision that deletes the rule.</param>
/// <param name="From">When it begins, UTC; null: at once.</param>
/// <param name="Until">When it ends, UTC; null: never.</param>
/// <param name="Enabled">Whether it acts.</param>
/// <param name="Deleted">Whether this revision deletes the rule.</param>
/// <param name="Fault">Why it does not act on the items of now, as an attribute that has become of another type; null where nothing is wrong.</param>
internal sealed record RuleResponse(
    string Id, long Revision, DateTimeOffset ChangedAt, IReadOnlyList<string?>? Placements, string? When, string? Items, RuleActionRequest? Action, DateTimeOffset? From, DateTimeOffset? Until, bool Enabled,
    bool Deleted, string? Fault)
{
    public static RuleResponse Of(StoredDefinition stored, Shop shop)
    {
        if (stored.Definition is null)
            return new RuleResponse(stored.Id, stored.Revision, stored.ChangedAt, null, null, null, null, null, null, Enabled: false, Deleted: true, null);
        var request = RuleReader.Read(stored) ?? new RuleRequest { Enabled = false };
        var problems = new List<FieldProblem>();
        RuleReader.Check(request, shop.Serving.Snapshots.State, problems);
        return new RuleResponse(
            stored.Id, stored.Revision, stored.ChangedAt, request.Placements, request.When, request.Items, request.Action, request.From, request.Until, request.Enabled ?? true, Deleted: false,
            problems.Count == 0 ? null : string.Join("; ", problems.Select(problem => $"{problem.Field} {problem.Reason}")));
    }
}

internal static class RuleEndpoints
{
    /// <summary>More would cost every request.</summary>
    public const int MostRules = 500;

    public static void MapRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/admin/rules").WithTags("Rules").RequireAdmin();
        rules.MapGet("/", List).WithName("ListRules").WithSummary("The merchandising rules as they stand")
            .WithDescription("By id. `fault` says why a rule does not act on the items of now.");
        rules.MapPost("/", Create).AcceptsJson(typeof(RuleRequest)).WithName("CreateRule").WithSummary("Adds a merchandising rule")
            .WithDescription("A rule acts on the next list of this replica, and within the feed's interval on those of every other; no training is needed. Exclusions and limits hold whatever else is said; pins come before boosts, and boosts multiply. An id that is taken is a conflict.")
            .Produces<RuleResponse>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
        rules.MapGet("/{ruleId}", Get).CheckPathIds().WithName("GetRule").WithSummary("One merchandising rule").ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        rules.MapPut("/{ruleId}", Put).AcceptsJson(typeof(RuleRequest)).CheckPathIds().WithName("PutRule").WithSummary("Adds a merchandising rule, or puts it in the place of the one with this id")
            .WithDescription("With `revision` in the query the rule is changed only while that is its last revision; 0 says that there is none yet.")
            .Produces<RuleResponse>().Produces<RuleResponse>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
        rules.MapDelete("/{ruleId}", Delete).CheckPathIds().WithName("DeleteRule").WithSummary("Takes a merchandising rule away; its revisions stay")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        rules.MapGet("/{ruleId}/revisions", Revisions).CheckPathIds().WithName("ListRuleRevisions").WithSummary("All that a merchandising rule was, the newest first")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<PageResponse<RuleResponse>> List(Shop shop) =>
        TypedResults.Ok(new PageResponse<RuleResponse>([.. shop.Serving.Rules.Current.All.Select(rule => RuleResponse.Of(rule, shop))], null));

    private static Results<Ok<RuleResponse>, NotFound> Get(PathId ruleId, Shop shop) =>
        shop.Serving.Rules.Current.All.FirstOrDefault(rule => rule.Id == ruleId.Value) is { } stored ? TypedResults.Ok(RuleResponse.Of(stored, shop)) : TypedResults.NotFound();

    private static async Task<IResult> Create(HttpRequest request, Shop shop, WireLimits limits, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<RuleRequest>();
        var id = body.Id ?? Guid.CreateVersion7().ToString();
        return await StoreAsync(shop, id, body, 0, limits, cancellationToken);
    }

    private static async Task<IResult> Put(PathId ruleId, HttpRequest request, Shop shop, WireLimits limits, CancellationToken cancellationToken, long? revision = null)
    {
        var body = await request.ReadBodyAsync<RuleRequest>();
        if (body.Id is { } id && id != ruleId.Value)
            throw new InvalidRequestException([new FieldProblem("id", "is another one than that of the path; leave it out")]);
        return await StoreAsync(shop, ruleId.Value, body, revision, limits, cancellationToken);
    }

    private static async Task<Results<NoContent, NotFound>> Delete(PathId ruleId, Shop shop, CancellationToken cancellationToken)
    {
        try
        {
            await shop.Store.Rules.AppendAsync(ruleId.Value, null, null, cancellationToken);
        }
        catch (DefinitionConflictException)
        {
            return TypedResults.NotFound();
        }

        await shop.Serving.Rules.TryRefreshAsync();
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PageResponse<RuleResponse>>> Revisions(PathId ruleId, Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await shop.Store.Rules.RevisionsAsync(ruleId.Value, cursor, limit, cancellationToken);
        return TypedResults.Ok(page.ToResponse(stored => RuleResponse.Of(stored, shop)));
    }

    private static async Task<IResult> StoreAsync(Shop shop, string ruleId, RuleRequest body, long? expectedRevision, WireLimits limits, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        new FieldScope("", problems).CheckId("id", ruleId, limits);
        RuleReader.Check(body, shop.Serving.Snapshots.State, problems);
        var known = shop.Serving.Rules.Current.All;
        var isNew = known.All(rule => rule.Id != ruleId);
        if (isNew && known.Count >= MostRules)
            problems.Add(new FieldProblem("id", $"would be one of more than {MostRules} rules; delete those that are over"));
        Requests.ThrowIfAny(problems);
        try
        {
            var stored = await shop.Store.Rules.AppendAsync(ruleId, RuleReader.ToDefinition(body), expectedRevision, cancellationToken);
            await shop.Serving.Rules.TryRefreshAsync();
            var response = RuleResponse.Of(stored, shop);
            return isNew ? TypedResults.Created($"/admin/rules/{Uri.EscapeDataString(ruleId)}", response) : TypedResults.Ok(response);
        }
        catch (DefinitionConflictException conflict)
        {
            return TypedResults.Problem($"Nothing was changed: {conflict.Message}", statusCode: StatusCodes.Status409Conflict, title: "Conflict");
        }
    }
}
