using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Access;

/// <param name="Section">log or schedule.</param>
/// <param name="Revision">Ascends over all sections.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Settings">What holds; null: what is configured does, from this revision on.</param>
internal sealed record ConfigurationResponse(string Section, long Revision, DateTimeOffset ChangedAt, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Settings)
{
    public static ConfigurationResponse Of(StoredDefinition stored) => new(stored.Id, stored.Revision, stored.ChangedAt, stored.Definition is null ? null : JsonElement.Parse(stored.Definition));
}

/// <summary>The settings that hold without a restart, on every replica and in the place of what is configured.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes)
    {
        var configuration = routes.MapGroup("/admin/configuration").WithTags("Access").RequireAdmin().CheckPathIds();
        configuration.MapGet("/", List).WithName("ListConfiguration").WithSummary("The settings that hold without a restart");
        configuration.MapPut("/log", PutLog).AcceptsJson(typeof(LogLevelRequest)).WithName("PutLogLevel").WithSummary("Change from which level on every replica logs").ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
        configuration.MapPut("/schedule", PutSchedule).AcceptsJson(typeof(ScheduleRequest)).WithName("PutSchedule").WithSummary("Change when the recommender is trained")
            .WithDescription("A replica with `Reco:Retraining:Enabled` false goes on starting no runs.").ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
        configuration.MapDelete("/{section}", Reset).WithName("ResetConfiguration").WithSummary("Go back to what is configured, where that does not hold already").ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        configuration.MapPost("/{section}/rollback", RollBack).WithName("RollBackConfiguration").WithSummary("Go back to an earlier revision of a section")
            .WithDescription("To the one that the query names, or to the one before the last. It becomes a new revision.").ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        configuration.MapGet("/{section}/revisions", Revisions).WithName("ListConfigurationRevisions").WithSummary("All that a section was, the newest first").ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<PageResponse<ConfigurationResponse>> List(Shop shop) => TypedResults.Ok(new PageResponse<ConfigurationResponse>([.. shop.Configuration.Current.Select(ConfigurationResponse.Of)], null));

    private static async Task<Ok<ConfigurationResponse>> PutLog(HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var (body, problems) = (await request.ReadBodyAsync<LogLevelRequest>(), new List<FieldProblem>());
        LiveConfiguration.Read(body, problems);
        return await StoreAsync(shop, LiveConfiguration.Log, JsonSerializer.Serialize(body, WireJson.Options), problems, cancellationToken);
    }

    private static async Task<Ok<ConfigurationResponse>> PutSchedule(HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var (body, problems) = (await request.ReadBodyAsync<ScheduleRequest>(), new List<FieldProblem>());
        LiveConfiguration.Read(body, problems);
        return await StoreAsync(shop, LiveConfiguration.Schedule, JsonSerializer.Serialize(body, WireJson.Options), problems, cancellationToken);
    }

    private static async Task<Ok<ConfigurationResponse>> StoreAsync(Shop shop, string section, string json, List<FieldProblem> problems, CancellationToken cancellationToken)
    {
        Requests.ThrowIfAny(problems);
        var stored = await shop.Store.Configuration.AppendAsync(section, json, null, cancellationToken);
        await FollowAsync(shop);
        return TypedResults.Ok(ConfigurationResponse.Of(stored));
    }

    private static async Task<Results<NoContent, NotFound>> Reset(PathId section, Shop shop, CancellationToken cancellationToken)
    {
        if (!LiveConfiguration.Sections.Contains(section.Value, StringComparer.Ordinal))
            return TypedResults.NotFound();
        try
        {
            await shop.Store.Configuration.AppendAsync(section.Value, null, null, cancellationToken);
        }
        catch (DefinitionConflictException)
        {
            // What is configured holds already.
        }

        await FollowAsync(shop);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ConfigurationResponse>, NotFound>> RollBack(PathId section, Shop shop, CancellationToken cancellationToken, long? revision = null)
    {
        var all = await AllAsync(shop, section.Value, cancellationToken);
        var wanted = revision is null ? all.Skip(1).FirstOrDefault() : all.Find(stored => stored.Revision == revision);
        // Before the first revision there was what is configured.
        if (all.Count == 0 || (wanted is null && revision is not null) || (wanted?.Definition is null && all[0].Definition is null))
            return TypedResults.NotFound();
        var stored = await shop.Store.Configuration.AppendAsync(section.Value, wanted?.Definition, null, cancellationToken);
        await FollowAsync(shop);
        return TypedResults.Ok(ConfigurationResponse.Of(stored));
    }

    private static async Task<Ok<PageResponse<ConfigurationResponse>>> Revisions(PathId section, Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        return TypedResults.Ok((await shop.Store.Configuration.RevisionsAsync(section.Value, cursor, limit, cancellationToken)).ToResponse(ConfigurationResponse.Of));
    }

    private static async Task<List<StoredDefinition>> AllAsync(Shop shop, string section, CancellationToken cancellationToken)
    {
        var all = new List<StoredDefinition>();
        string? cursor = null;
        do
        {
            var page = await shop.Store.Configuration.RevisionsAsync(section, cursor, PageResponse.MaxLimit, cancellationToken);
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>It is stored; where this replica cannot follow at once its next look does it.</summary>
    private static async Task FollowAsync(Shop shop)
    {
        try
        {
            await shop.Configuration.FollowAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // Whoever follows says so, and tries again.
        }
    }
}
