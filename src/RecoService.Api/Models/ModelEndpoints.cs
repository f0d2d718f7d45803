using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using RecoService.Api.Http;
using RecoService.Api.Retraining;
using RecoService.Api.Runs;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Evaluation.Audit;
using RecoService.Storage;

namespace RecoService.Api.Models;

/// <param name="Version">The model version.</param>
/// <param name="RunId">The run that trained it; null: it was made elsewhere.</param>
/// <param name="Trainer">What trained it.</param>
/// <param name="Current">It makes the lists now.</param>
/// <param name="Pinned">Later runs are held until it is unpinned.</param>
/// <param name="Seed">Seed of its training.</param>
/// <param name="TrainedThrough">The newest interaction it has learned, UTC.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="SizeBytes">As stored.</param>
/// <param name="Checksum">SHA-256 of the stored bytes.</param>
/// <param name="Options">Its hyperparameters.</param>
/// <param name="Metrics">What its run measured before it was published.</param>
internal sealed record ModelResponse(
    int Version, long? RunId, string Trainer, bool Current, bool Pinned, int Seed, DateTimeOffset? TrainedThrough, DateTimeOffset CreatedAt,
    long SizeBytes, string Checksum, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Options, RunMetrics? Metrics)
{
    /// <param name="model">As it is stored.</param>
    /// <param name="current">What is published; null for nothing.</param>
    public static ModelResponse Of(StoredModel model, Publication? current)
    {
        var isCurrent = current?.ModelVersion == model.Version;
        return new ModelResponse(
            model.Version, model.RunId, model.Trainer, isCurrent, isCurrent && current!.Pinned, model.Seed, model.TrainedThrough, model.CreatedAt,
            model.SizeBytes, model.Checksum, JsonElement.Parse(model.OptionsJson), RunMetrics.Read(model.MetricsJson));
    }
}

/// <param name="Version">The model version.</param>
/// <param name="Trainer">What trained it.</param>
/// <param name="Audit">What was found.</param>
internal sealed record ModelAuditResponse(int Version, string Trainer, ModelAudit Audit);

/// <param name="ModelVersion">What makes the lists now.</param>
/// <param name="Pinned">Later runs are held until it is unpinned.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="PublishedBy">A run, or an operator's key by name.</param>
internal sealed record PublicationResponse(int ModelVersion, bool Pinned, DateTimeOffset PublishedAt, string PublishedBy)
{
    public static PublicationResponse Of(Publication publication) =>
        new(publication.ModelVersion, publication.Pinned, publication.PublishedAt, publication.PublishedBy);
}

internal static class ModelEndpoints
{
    private const string FileType = "application/octet-stream";

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/admin/models").WithTags("Models").RequireAdmin();
        models.MapGet("/", List).WithName("ListModels").WithSummary("Stored models, newest first").ProducesProblems(StatusCodes.Status400BadRequest);
        models.MapPost("/", Upload)
            .WithMetadata(new ModelSizeLimit(routes.ServiceProvider.GetRequiredService<LimitSettings>().MaxModelBytes))
            .WithMetadata(new AcceptsMetadata([FileType], typeof(string)))
            .WithName("UploadModel").WithSummary("Store a model that was made elsewhere")
            .WithDescription("The body is a model file, as `GET /admin/models/{version}/file` gives it, made from a copy of this shop's database. It serves nobody until it is published; `POST /admin/models/{version}/judge` judges it before. With trainedThrough, the time of the newest interaction it has learned, it can be judged; with checksum, its SHA-256, a body that was damaged on its way is refused.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status503ServiceUnavailable);
        models.MapGet("/{version}/file", Download).WithName("DownloadModel").WithSummary("The bytes of a stored model")
            .Produces<string>(StatusCodes.Status200OK, FileType)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        models.MapGet("/{version}/audit", Audit).WithName("AuditModel").WithSummary("Whom and what the lists of a model serve")
            .WithDescription("How exposure is spread over items, categories and providers, how much lists flatter popularity, how well they keep the proportions of what users did, and how well they do for groups of users: measured by the run that judged the model, on the users who judged it. 409 for a model that nobody has judged. `GET /admin/models` has the audits of all versions in their metrics.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        models.MapPost("/{version}/judge", Judge).WithName("JudgeModel").WithSummary("Start a run that judges a stored model and publishes nothing")
            .WithDescription("202 with the run's Location; 409 with the Location of the run that is under way. The model is judged on what is newer than all it has learned, beside the served model and popularity. The run ends as held when it may be published, as refused when it is worse, and as failed when nothing can judge it.")
            .Produces<RunResponse>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        models.MapPost("/{version}/publish", Publish).WithName("PublishModel").WithSummary("Serve this version now, back or forward, and pin it")
            .WithDescription("200 once this process serves it; 202 when it is published and this process cannot read the store yet. Later runs are recorded as held until `POST /admin/models/unpin`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        models.MapPost("/unpin", Unpin).WithName("UnpinModel").WithSummary("Let later runs publish again")
            .ProducesProblems(StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<ModelAuditResponse>, NotFound, ProblemHttpResult>> Audit(int version, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Models.GetAsync(version, cancellationToken) is not { } model)
            return TypedResults.NotFound();
        return RunMetrics.Read(model.MetricsJson)?.Audit is { } audit
            ? TypedResults.Ok(new ModelAuditResponse(version, model.Trainer, audit))
            : TypedResults.Problem($"Nobody has judged model version {version}, so nothing is known of its lists.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Created<ModelResponse>> Upload(
        HttpRequest request, Shop shop, ModelUpload upload, CancellationToken cancellationToken, string? trainer = null, string? trainedThrough = null, string? options = null, int seed = 0, string? checksum = null)
    {
        if (request.ContentType?.Split(';')[0].Trim() != FileType)
            throw new BadHttpRequestException($"The Content-Type must be {FileType}.", StatusCodes.Status415UnsupportedMediaType);
        var model = await upload.SaveAsync(shop.Store.Models, request.Body, trainer, trainedThrough, options, seed, checksum, cancellationToken);
        return TypedResults.Created($"/admin/models/{model.Version}/file", ModelResponse.Of(model, current: null));
    }

    private static async Task<IResult> Download(int version, Shop shop, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Stream(await shop.Store.Models.OpenAsync(version, cancellationToken), FileType, $"model-{version}.bin");
        }
        catch (KeyNotFoundException)
        {
            return TypedResults.NotFound();
        }
        catch (DamagedModelException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status409Conflict, title: "The model is damaged");
        }
    }

    private static async Task<IResult> Judge(int version, HttpResponse response, Shop shop, CancellationToken cancellationToken) =>
        await shop.Store.Models.GetAsync(version, cancellationToken) is null
            ? TypedResults.NotFound()
            : await RunEndpoints.AcceptedAsync(await shop.Retraining.Trigger.TryJudgeAsync(version, cancellationToken), response, shop.Store.Runs, cancellationToken);

    private static async Task<Ok<PageResponse<ModelResponse>>> List(
        Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await shop.Store.Models.ListAsync(cursor, limit, cancellationToken);
        var current = await shop.Store.Publications.GetCurrentAsync(cancellationToken);
        return TypedResults.Ok(page.ToResponse(model => ModelResponse.Of(model, current)));
    }

    private static async Task<Results<Ok<PublicationResponse>, Accepted<PublicationResponse>, NotFound, ProblemHttpResult>> Publish(
        int version, HttpContext context, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Models.GetAsync(version, cancellationToken) is not { } model)
            return TypedResults.NotFound();

        var manifest = await shop.Retraining.Composer.ManifestOfAsync(model, cancellationToken);
        try
        {
            foreach (var part in manifest)
                _ = await shop.Serving.Loader.LoadModelAsync(part, cancellationToken);
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException)
        {
            return TypedResults.Problem($"{exception.Message} What is served stays as it is.", statusCode: StatusCodes.Status409Conflict, title: "The model is damaged");
        }

        var publication = await shop.Store.Publications.AppendAsync(version, manifest, pinned: true, context.User.Identity!.Name!, "published by an operator", cancellationToken);
        return await shop.Serving.Publisher.TryFollowAsync()
            ? TypedResults.Ok(PublicationResponse.Of(publication))
            : TypedResults.Accepted((string?)null, PublicationResponse.Of(publication));
    }

    private static async Task<Results<Ok<PublicationResponse>, ProblemHttpResult>> Unpin(
        HttpContext context, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Publications.GetCurrentAsync(cancellationToken) is not { } current)
            return TypedResults.Problem("No model has been published yet.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to unpin");
        if (current.Pinned)
        {
            current = await shop.Store.Publications.AppendAsync(current.ModelVersion, current.Manifest, pinned: false, context.User.Identity!.Name!, "unpinned", cancellationToken);
            await shop.Serving.Publisher.TryFollowAsync();
        }

        return TypedResults.Ok(PublicationResponse.Of(current));
    }

    private sealed record ModelSizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
