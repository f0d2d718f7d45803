using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Experiments;

internal static class ExperimentEndpoints
{
    /// <summary>What users did so long before says what they are like.</summary>
    private static readonly TimeSpan TimeBefore = TimeSpan.FromDays(14);

    /// <summary>A smaller one takes more users than there are.</summary>
    private const double SmallestLift = 0.001;

    public static void MapExperiments(this IEndpointRouteBuilder routes)
    {
        var experiments = routes.MapGroup("/admin/experiments").WithTags("Experiments").RequireAdmin();
        experiments.MapGet("/", List).WithName("ListExperiments").WithSummary("The experiments as they stand").WithDescription("By id.");
        experiments.MapPost("/", Create).AcceptsJson(typeof(ExperimentRequest)).WithName("CreateExperiment").WithSummary("Drafts an experiment")
            .WithDescription("Nobody takes part before it is started. The first variant is the control. An id that is taken is a conflict.")
            .Produces<ExperimentResponse>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
        experiments.MapGet("/{experimentId}", Get).CheckPathIds().WithName("GetExperiment").WithSummary("One experiment").ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        experiments.MapPut("/{experimentId}", Put).AcceptsJson(typeof(ExperimentRequest)).CheckPathIds().WithName("PutExperiment").WithSummary("Changes the draft of an experiment, or drafts one under this id")
            .WithDescription("Only a draft can be changed: the figures of an experiment that has started are of what it was.")
            .Produces<ExperimentResponse>().Produces<ExperimentResponse>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
        experiments.MapDelete("/{experimentId}", Delete).CheckPathIds().WithName("DeleteExperiment").WithSummary("Takes an experiment away that is not running; its revisions stay")
            .WithDescription("With a decided experiment its winner goes, and lists are as the configuration has them.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        experiments.MapPost("/{experimentId}/start", Start).CheckPathIds().WithName("StartExperiment").WithSummary("Lets users take part from the next list on")
            .WithDescription("Who gets which variant is a hash of the user's id: the same on every replica and at every visit. In a shared layer the experiment gets users whom no other one has; it is a conflict when there are too few.")
            .Produces<ExperimentResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        experiments.MapPost("/{experimentId}/stop", Stop).CheckPathIds().WithName("StopExperiment").WithSummary("Gives everybody the usual lists again; the figures stay")
            .Produces<ExperimentResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        experiments.MapPost("/{experimentId}/decide", Decide).AcceptsJson(typeof(ExperimentDecisionRequest)).CheckPathIds().WithName("DecideExperiment").WithSummary("Gives everybody the lists of one variant")
            .WithDescription("What the variant changes holds over the configuration from the next list on, and after a restart too. A running experiment stops with it. Deciding again changes the winner.")
            .Produces<ExperimentResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
        experiments.MapGet("/{experimentId}/report", Report).CheckPathIds().WithName("GetExperimentReport").WithSummary("What is known of an experiment now, per variant and metric")
            .WithDescription("The user is the unit. Intervals are always valid: they may be looked at daily, and an experiment may be stopped the moment one leaves 0. `text` says what is known in a sentence. Figures are those of lists that the experiment's users saw, brought up to date every minute.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        experiments.MapGet("/{experimentId}/plan", Plan).CheckPathIds().WithName("GetExperimentPlan").WithSummary("How many users and days an experiment takes")
            .WithDescription("From what users of its placements did in the last 28 days, or since there are lists. `lift` is the smallest lift worth seeing, 0.05 for 5%; for each metric it says how many users and days it takes to see it four times in five, and which lift is seen after one, two and four weeks.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        experiments.MapGet("/{experimentId}/revisions", Revisions).CheckPathIds().WithName("ListExperimentRevisions").WithSummary("All that an experiment was, the newest first")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<PageResponse<ExperimentResponse>> List(Shop shop) =>
        TypedResults.Ok(new PageResponse<ExperimentResponse>([.. shop.Serving.Experiments.Current.All.Select(ExperimentResponse.Of).OfType<ExperimentResponse>()], null));

    private static Results<Ok<ExperimentResponse>, NotFound> Get(PathId experimentId, Shop shop) =>
        shop.Serving.Experiments.Current.All.FirstOrDefault(stored => stored.Id == experimentId.Value) is { } found && ExperimentResponse.Of(found) is { } response
            ? TypedResults.Ok(response)
            : TypedResults.NotFound();

    private static async Task<IResult> Create(HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ExperimentRequest>();
        var id = body.Id ?? Guid.CreateVersion7().ToString();
        return await StoreAsync(shop, body with { Id = id }, mayExist: false, cancellationToken);
    }

    private static async Task<IResult> Put(PathId experimentId, HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ExperimentRequest>();
        if (body.Id is { } id && id != experimentId.Value)
            throw new InvalidRequestException([new FieldProblem("id", "is another one than that of the path; leave it out")]);
        return await StoreAsync(shop, body with { Id = experimentId.Value }, mayExist: true, cancellationToken);
    }

    private static async Task<IResult> StoreAsync(Shop shop, ExperimentRequest body, bool mayExist, CancellationToken cancellationToken)
    {
        Requests.ThrowIfAny(await ExperimentChecks.CheckAsync(shop, body, cancellationToken));
        var outcome = await new ExperimentWrites(shop).DraftAsync(body, mayExist, cancellationToken);
        return outcome.IsNew && outcome.Stored is not null
            ? TypedResults.Created($"/admin/experiments/{Uri.EscapeDataString(body.Id!)}", ExperimentResponse.Of(outcome.Stored))
            : ResultOf(outcome);
    }

    private static async Task<IResult> Delete(PathId experimentId, Shop shop, CancellationToken cancellationToken)
    {
        var outcome = await new ExperimentWrites(shop).DeleteAsync(experimentId.Value, cancellationToken);
        return outcome.Stored is not null ? TypedResults.NoContent() : ResultOf(outcome);
    }

    private static async Task<IResult> Start(PathId experimentId, Shop shop, TimeProvider time, CancellationToken cancellationToken) =>
        ResultOf(await new ExperimentWrites(shop).StartAsync(experimentId.Value, time.GetUtcNow(), cancellationToken));

    private static async Task<IResult> Stop(PathId experimentId, Shop shop, TimeProvider time, CancellationToken cancellationToken) =>
        ResultOf(await new ExperimentWrites(shop).StopAsync(experimentId.Value, time.GetUtcNow(), cancellationToken));

    private static async Task<IResult> Decide(PathId experimentId, HttpRequest request, Shop shop, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ExperimentDecisionRequest>();
        if (body.Variant is not { } variant)
            throw new InvalidRequestException([new FieldProblem("variant", "is missing; it names what everybody gets")]);
        return ResultOf(await new ExperimentWrites(shop).DecideAsync(experimentId.Value, variant, time.GetUtcNow(), cancellationToken));
    }

    private static async Task<Results<Ok<ExperimentReport>, NotFound>> Report(PathId experimentId, Shop shop, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Find(shop, experimentId) is not var (id, definition))
            return TypedResults.NotFound();
        var report = await ReportOfAsync(shop, id, definition, time, cancellationToken);
        return TypedResults.Ok(report with { Text = UnservedText(shop, definition) + report.Text });
    }

    /// <summary>Why nobody takes part, where a model cannot be read.</summary>
    private static string UnservedText(Shop shop, ExperimentDefinition definition) =>
        definition.State is ExperimentState.Running or ExperimentState.Decided && shop.Serving.Snapshots.Current?.Unserved is { Count: > 0 } unserved && definition.ModelVersions.FirstOrDefault(unserved.ContainsKey) is > 0 and var version
            ? $"Nobody takes part now, for model version {version} cannot be served: {unserved[version]} "
            : "";

    private static async Task<ExperimentReport> ReportOfAsync(Shop shop, string id, ExperimentDefinition definition, TimeProvider time, CancellationToken cancellationToken)
    {
        var guardrails = new Guardrails(shop.Settings.Experiments);
        if (definition.StartedAt is not { } started)
            return ExperimentReports.Of(id, definition, new ExperimentFigures([], 0), null, guardrails);
        var until = definition.StoppedAt ?? time.GetUtcNow();
        if (definition.IsInterleaved)
            return InterleavingReports.Of(id, definition, await shop.Store.Figures.ReadCreditsAsync(id, definition.Variants.ElementAt(1).Name!, started, until, cancellationToken), until);
        if (definition.IsShadow)
            return ShadowReports.Of(id, definition, await shop.Store.Figures.ReadShadowAsync(id, started, until, cancellationToken), until);
        return ExperimentReports.Of(id, definition, await shop.Store.Figures.ReadVariantsAsync(id, started, until, TimeBefore, cancellationToken), until, guardrails);
    }

    private static async Task<Results<Ok<ExperimentPlan>, NotFound>> Plan(PathId experimentId, Shop shop, TimeProvider time, CancellationToken cancellationToken, double lift = 0.05)
    {
        if (lift is not (>= SmallestLift and <= 1))
            throw new InvalidRequestException([new FieldProblem("lift", $"must be {SmallestLift} to 1; 0.05 is a lift of 5%")]);
        if (Find(shop, experimentId) is not { } found)
            return TypedResults.NotFound();
        var today = time.GetUtcNow();
        var (users, firstDay) = await shop.Store.Figures.ReadUsersAsync([.. found.Definition.Plan.Placements?.OfType<string>() ?? []], today.AddDays(1 - ExperimentPlans.MostHistoryDays), today, cancellationToken);
        var days = DateOnly.FromDateTime(today.UtcDateTime).DayNumber - (firstDay ?? DateOnly.FromDateTime(today.UtcDateTime)).DayNumber + 1;
        return TypedResults.Ok(ExperimentPlans.Of(found.Id, found.Definition, users, days, lift));
    }

    private static (string Id, ExperimentDefinition Definition)? Find(Shop shop, PathId id) =>
        shop.Serving.Experiments.Current.All.FirstOrDefault(stored => stored.Id == id.Value) is { } stored && ExperimentDefinition.Read(stored) is { } definition ? (stored.Id, definition) : null;

    private static async Task<Ok<PageResponse<ExperimentResponse>>> Revisions(PathId experimentId, Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await shop.Store.Experiments.RevisionsAsync(experimentId.Value, cursor, limit, cancellationToken);
        return TypedResults.Ok(new PageResponse<ExperimentResponse>([.. page.Items.Select(ExperimentResponse.Of).OfType<ExperimentResponse>()], page.Next));
    }

    private static IResult ResultOf(ExperimentWrite outcome) => outcome switch
    {
        { Stored: { } stored } => TypedResults.Ok(ExperimentResponse.Of(stored)),
        { Conflict: { } conflict } => TypedResults.Problem($"Nothing was changed: {conflict}", statusCode: StatusCodes.Status409Conflict, title: "Conflict"),
        _ => TypedResults.NotFound(),
    };
}
