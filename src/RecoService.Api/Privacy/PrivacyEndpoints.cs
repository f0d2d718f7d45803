using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Catalogue;
using RecoService.Api.Http;
using RecoService.Api.Recommendations;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage.Privacy;

namespace RecoService.Api.Privacy;

/// <summary>A line of what is held of a user: its type, and the fields of that type.</summary>
/// <param name="Type">user, interaction, taken-back, impression, figures, attribution or excluded.</param>
internal sealed record PersonalDataLine(string Type);

/// <summary>What a user may demand: to be forgotten, and to be told what is held of them.</summary>
internal static class PrivacyEndpoints
{
    /// <summary>So much is gathered before it is sent.</summary>
    private const int FlushFrom = 1 << 16;

    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/users").WithTags("Privacy").RequireAdmin().CheckPathIds();
        users.MapDelete("/{userId}", Erase).WithName("DeleteUser").WithSummary("Erase a user with everything the user did and was shown")
            .WithDescription("Everything stored is deleted before the answer, which names the receipt. Models trained before keep nothing that names the user; the same id seen later is somebody new.")
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
        users.MapGet("/{userId}/data", Export).WithName("ExportUser").WithSummary("All that is held of a user, a record per line")
            .WithDescription("The record, interactions and ratings, lists shown, figures and attributions, as NDJSON. It streams, however much there is.")
            .Produces<PersonalDataLine>(StatusCodes.Status200OK, UserList.MediaType).ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        routes.MapGroup("/privacy").WithTags("Privacy").RequireAdmin().CheckPathIds()
            .MapGet("/erasures/{erasureId}", Receipt).WithName("GetErasure").WithSummary("The receipt of an erasure")
            .WithDescription("What was deleted where, which models may have learned from the user, and when the last of these was served for the last time. It does not name the user.")
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Accepted<ErasureAccepted>, NotFound>> Erase(PathId userId, [AsParameters] Conditions conditions, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Erasures.EraseAsync(userId.Value, shop.Settings.Privacy.ToTerms(), cancellationToken, conditions.CheckUser) is not { } erasure)
            return TypedResults.NotFound();
        if (erasure.UserKey is { } key)
            shop.Serving.Snapshots.Apply(state => state.EraseUser(key));
        return TypedResults.Accepted($"/privacy/erasures/{erasure.Id}", new ErasureAccepted(erasure.Id));
    }

    private static async Task<Results<Ok<ErasureResponse>, NotFound>> Receipt(PathId erasureId, Shop shop, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(erasureId.Value, "D", out var id))
            throw new InvalidRequestException([new FieldProblem(nameof(erasureId), "is not the id of an erasure; DELETE /users/{userId} answers one")]);
        return await shop.Store.Erasures.GetAsync(id, shop.Serving.Loader.Tried, cancellationToken) is { } erasure ? TypedResults.Ok(ErasureResponse.Of(erasure)) : TypedResults.NotFound();
    }

    private static async Task<Results<EmptyHttpResult, NotFound>> Export(PathId userId, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        if (!await shop.Store.PersonalData.IsHeldAsync(userId.Value, cancellationToken))
            return TypedResults.NotFound();
        response.ContentType = UserList.MediaType;
        var lines = new ArrayBufferWriter<byte>(2 * FlushFrom);
        await using var json = new Utf8JsonWriter(lines, new JsonWriterOptions { Encoder = WireJson.Options.Encoder });
        await foreach (var record in shop.Store.PersonalData.ReadAsync(userId.Value, cancellationToken))
        {
            Write(json, record);
            lines.Write("\n"u8);
            json.Reset();
            if (lines.WrittenCount < FlushFrom)
                continue;
            await response.Body.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }

        await response.Body.WriteAsync(lines.WrittenMemory, cancellationToken);
        return TypedResults.Empty;
    }

    private static void Write(Utf8JsonWriter json, PersonalRecord record)
    {
        json.WriteStartObject();
        json.WriteString("type", record.Type);
        foreach (var (name, value) in record.Fields)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, value.GetType(), WireJson.Options);
        }

        json.WriteEndObject();
        json.Flush();
    }
}
