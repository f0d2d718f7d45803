using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Hosting;
using RecoService.Api.Retraining;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Models;

/// <param name="Version">The model version.</param>
/// <param name="RunId">The run that trained it.</param>
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
    long SizeBytes, string Checksum, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Options, [property: Shape(typeof(RunMetrics))] JsonElement? Metrics);

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
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/admin/models").WithTags("Models").RequireAuthorization(SecurityExtensions.Admin);
        models.MapGet("/", List).WithName("ListModels").WithSummary("Stored models, newest first").ProducesProblems(StatusCodes.Status400BadRequest);
        models.MapPost("/{version}/publish", Publish).WithName("PublishModel").WithSummary("Serve this version now, back or forward, and pin it")
            .WithDescription("200 once this process serves it; 202 when it is published and this process cannot read the store yet. Later runs are recorded as held until `POST /admin/models/unpin`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        models.MapPost("/unpin", Unpin).WithName("UnpinModel").WithSummary("Let later runs publish again")
            .ProducesProblems(StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<PageResponse<ModelResponse>>> List(
        ModelStore models, PublicationLog publications, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await models.ListAsync(cursor, limit, cancellationToken);
        var current = await publications.GetCurrentAsync(cancellationToken);
        return TypedResults.Ok(page.ToResponse(model =>
        {
            var isCurrent = current?.ModelVersion == model.Version;
            return new ModelResponse(
                model.Version, model.RunId, model.Trainer, isCurrent, isCurrent && current!.Pinned, model.Seed, model.TrainedThrough, model.CreatedAt,
                model.SizeBytes, model.Checksum, JsonElement.Parse(model.OptionsJson), model.MetricsJson is { } metrics ? JsonElement.Parse(metrics) : null);
        }));
    }

    private static async Task<Results<Ok<PublicationResponse>, Accepted<PublicationResponse>, NotFound, ProblemHttpResult>> Publish(
        int version, HttpContext context, ModelStore models, PublicationLog publications, SnapshotLoader loader, SnapshotComposer composer, SnapshotPublisher publisher, CancellationToken cancellationToken)
    {
        if (await models.GetAsync(version, cancellationToken) is not { } model)
            return TypedResults.NotFound();

        var manifest = await composer.ManifestOfAsync(model, cancellationToken);
        try
        {
            foreach (var part in manifest)
                _ = await loader.LoadModelAsync(part, cancellationToken);
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException)
        {
            return TypedResults.Problem($"{exception.Message} What is served stays as it is.", statusCode: StatusCodes.Status409Conflict, title: "The model is damaged");
        }

        var publication = await publications.AppendAsync(version, manifest, pinned: true, context.User.Identity!.Name!, "published by an operator", cancellationToken);
        return await publisher.TryFollowAsync()
            ? TypedResults.Ok(PublicationResponse.Of(publication))
            : TypedResults.Accepted((string?)null, PublicationResponse.Of(publication));
    }

    private static async Task<Results<Ok<PublicationResponse>, ProblemHttpResult>> Unpin(
        HttpContext context, PublicationLog publications, SnapshotPublisher publisher, CancellationToken cancellationToken)
    {
        if (await publications.GetCurrentAsync(cancellationToken) is not { } current)
            return TypedResults.Problem("No model has been published yet.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to unpin");
        if (current.Pinned)
        {
            current = await publications.AppendAsync(current.ModelVersion, current.Manifest, pinned: false, context.User.Identity!.Name!, "unpinned", cancellationToken);
            await publisher.TryFollowAsync();
        }

        return TypedResults.Ok(PublicationResponse.Of(current));
    }
}
