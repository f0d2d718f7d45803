using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Retraining;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Runs;

/// <summary>What to train.</summary>
internal sealed record RetrainRequest
{
    /// <summary>Run although nothing is new, and publish whatever the gate says. The override is recorded. Default false.</summary>
    public bool Force { get; init; }

    /// <summary>The training plan: default trains the recommender and what stands behind it, others what the configuration says. Default default.</summary>
    public string? Plan { get; init; }
}

/// <param name="RunId">The run.</param>
/// <param name="Trigger">schedule, manual, startup, first-model, unreadable-model or command.</param>
/// <param name="Plan">The training plan; judge for a run that only judges a stored model.</param>
/// <param name="Force">Whether the gate was overridden.</param>
/// <param name="Stage">What it is doing, or <c>finished</c>.</param>
/// <param name="Progress">How much of the stage is done, 0..1.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC, null while it runs.</param>
/// <param name="Outcome">published, refused, held, failed, cancelled, interrupted or skipped; null while it runs.</param>
/// <param name="Reason">Why it ended so.</param>
/// <param name="ModelVersion">The version it stored, if any, or the one that it judges.</param>
/// <param name="Metrics">The candidate beside the current model and popularity, with 95% intervals of the differences.</param>
/// <param name="Options">Hyperparameters by trainer name; under <c>auto</c> those of the trainers that the run picked from.</param>
/// <param name="Seed">Seed of every training in it.</param>
internal sealed record RunResponse(
    long RunId, string Trigger, string Plan, bool Force, string Stage, double Progress, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt,
    string? Outcome, string? Reason, int? ModelVersion, RunMetrics? Metrics,
    [property: Shape(typeof(Dictionary<string, Dictionary<string, JsonElement>>))] JsonElement? Options, int Seed)
{
    public static RunResponse Of(ModelRun run) => new(
        run.Id, run.Trigger, run.Plan, run.Force, run.Stage, run.Progress, run.StartedAt, run.FinishedAt, run.Outcome?.ToWord(), run.Reason, run.ModelVersion,
        RunMetrics.Read(run.MetricsJson), Parse(run.OptionsJson), run.Seed);

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin").WithTags("Model runs").RequireAdmin();
        admin.MapPost("/retrain", Retrain).AcceptsJson(typeof(RetrainRequest), isOptional: true)
            .WithName("Retrain").WithSummary("Start a model run: train, judge, and publish if the gate agrees")
            .WithDescription("202 with the run's Location; 409 with the Location of the run that is under way. The body may be left out.")
            .Produces<RunResponse>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        admin.MapGet("/runs", List).WithName("ListRuns").WithSummary("Model runs, newest first").ProducesProblems(StatusCodes.Status400BadRequest);
        admin.MapGet("/runs/{runId}", Get).WithName("GetRun").WithSummary("One model run: stage, progress, metrics, outcome, reason")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        admin.MapPost("/runs/{runId}/cancel", Cancel).WithName("CancelRun").WithSummary("Ask a run to stop")
            .Produces(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Retrain(HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
        var body = hasBody ? await request.ReadBodyAsync<RetrainRequest>() : new RetrainRequest();
        var plan = body.Plan ?? ModelRun.DefaultPlan;
        if (plan != ModelRun.DefaultPlan && !shop.Settings.Retraining.Plans.ContainsKey(plan))
            throw new InvalidRequestException([new FieldProblem("plan", $"is no training plan; there are: {string.Join(", ", shop.Settings.Retraining.Plans.Keys.Order(StringComparer.Ordinal).Prepend(ModelRun.DefaultPlan))}.")]);
        return await AcceptedAsync(await shop.Retraining.Trigger.TryStartAsync("manual", body.Force, cancellationToken, plan), response, shop.Store.Runs, cancellationToken);
    }

    /// <summary>202 with a run that has started; 409 with the one that is under way where none has.</summary>
    public static async Task<IResult> AcceptedAsync(ModelRun? started, HttpResponse response, RunLog runs, CancellationToken cancellationToken)
    {
        if (started is { } run)
            return TypedResults.Accepted(LocationOf(run), RunResponse.Of(run));

        if (await runs.GetRunningAsync(cancellationToken) is { } running)
            response.Headers.Location = LocationOf(running);
        return TypedResults.Problem("A model run is under way; its Location is in the header.", statusCode: StatusCodes.Status409Conflict, title: "A run is under way");
    }

    private static async Task<Ok<PageResponse<RunResponse>>> List(Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        return TypedResults.Ok((await shop.Store.Runs.ListAsync(cursor, limit, cancellationToken)).ToResponse(RunResponse.Of));
    }

    private static async Task<Results<Ok<RunResponse>, NotFound>> Get(long runId, Shop shop, CancellationToken cancellationToken) =>
        await shop.Store.Runs.GetAsync(runId, cancellationToken) is { } run ? TypedResults.Ok(RunResponse.Of(shop.Retraining.Trigger.WithProgress(run))) : TypedResults.NotFound();

    private static async Task<Results<Accepted, NotFound, ProblemHttpResult>> Cancel(long runId, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Retraining.Trigger.RequestCancelAsync(runId, cancellationToken))
            return TypedResults.Accepted($"/admin/runs/{runId}");
        if (await shop.Store.Runs.GetAsync(runId, cancellationToken) is not { } run)
            return TypedResults.NotFound();
        return TypedResults.Problem($"The run ended as {run.Outcome?.ToWord()}.", statusCode: StatusCodes.Status409Conflict, title: "The run is over");
    }

    private static string LocationOf(ModelRun run) => $"/admin/runs/{run.Id}";
}
