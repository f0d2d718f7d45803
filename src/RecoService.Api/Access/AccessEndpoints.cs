using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage.Operations;

namespace RecoService.Api.Access;

/// <param name="Id">Ascends.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Key">The name of the key.</param>
/// <param name="Call">The operation's id in the OpenAPI document.</param>
/// <param name="Method">Of HTTP.</param>
/// <param name="Subject">What was changed, as a path; users are not named.</param>
/// <param name="Outcome">stored where the entry was committed with the change; else the status of the answer, or unknown where the store did not say whether it stored the change.</param>
/// <param name="Before">What was there; null for nothing, or where that is not said.</param>
/// <param name="After">What is there since; null likewise.</param>
/// <param name="Position">Its place in the chain; null for what a version without one wrote.</param>
/// <param name="Hash">Its hash in the chain; null likewise.</param>
internal sealed record AuditResponse(
    long Id, DateTimeOffset ChangedAt, string Key, string Call, string Method, string Subject, string Outcome, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Before,
    [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? After, long? Position, string? Hash)
{
    public static AuditResponse Of(AuditEntry entry) => new(
        entry.Id, entry.ChangedAt, entry.KeyName, entry.Call, entry.Method, entry.Subject, entry.Outcome, Parse(entry.BeforeJson), Parse(entry.AfterJson), entry.Position, entry.Hash);

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        var access = routes.MapGroup("/admin").WithTags("Access").RequireAdmin();
        access.MapGet("/audit", Audit).WithName("ListChanges").WithSummary("What admins changed, the newest first")
            .WithDescription("Every call that needs an admin key, changes something and was not refused, with what was there before and since. Entries are chained by hashes; the command `audit verify` looks through the chain. Kept for `Reco:Security:AuditRetentionDays`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
        access.MapGet("/settings", InForce).WithName("ListSettings").WithSummary("The settings in force, their defaults, and where each comes from")
            .WithDescription("As this replica read them at its start. Secrets are `***`, and connection strings name the place and not what opens it.");
    }

    private static async Task<Ok<PageResponse<AuditResponse>>> Audit(Shop shop, CancellationToken cancellationToken, string? key = null, string? call = null, string? cursor = null, int limit = 50)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        return TypedResults.Ok((await shop.Store.Audit.ListAsync(key, call, cursor, limit, cancellationToken)).ToResponse(AuditResponse.Of));
    }

    private static Ok<PageResponse<SettingInForce>> InForce(RecoSettings settings, IConfiguration configuration) =>
        TypedResults.Ok(new PageResponse<SettingInForce>([.. new SettingsInForce((IConfigurationRoot)configuration).Of(settings)], null));
}
