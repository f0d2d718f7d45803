using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage;

/// <summary>A list as it was shown, for attribution.</summary>
/// <param name="ItemIds">In the order shown.</param>
public sealed record Impression(
    Guid RecommendationId, string UserId, string Placement, string? Variant, int? ModelVersion, string ConfigurationVersion,
    DateTimeOffset OccurredAt, IReadOnlyList<string> ItemIds)
{
    /// <summary>In the place of the user's id for a list that was made for nobody known; no user has it, since ids are not empty.</summary>
    public const string NoUser = "";
}

/// <summary>The lists that were shown.</summary>
public sealed class ImpressionLog
{
    private const string InsertSql = """
        INSERT INTO impressions (recommendation_id, user_id, placement, variant, model_version, configuration_version, occurred_at, item_ids_json)
        VALUES (@id, @user, @placement, @variant, @model, @configuration, @at, @items)
        ON CONFLICT (recommendation_id) DO NOTHING
        """;

    private readonly Store store;

    internal ImpressionLog(Store store) => this.store = store;

    /// <summary>Stores all or nothing; those whose id is stored already are left as they are.</summary>
    public Task AppendAsync(IReadOnlyList<Impression> impressions, CancellationToken ct) => store.WriteAsync(async context =>
    {
        foreach (var impression in impressions)
        {
            await context.ExecuteAsync(InsertSql, ct,
                ("id", impression.RecommendationId),
                ("user", impression.UserId),
                ("placement", impression.Placement),
                ("variant", impression.Variant),
                ("model", impression.ModelVersion),
                ("configuration", impression.ConfigurationVersion),
                ("at", impression.OccurredAt.ToUnixTimeMilliseconds()),
                ("items", JsonSerializer.Serialize(impression.ItemIds)));
        }
    }, ct);

    /// <summary>Null: unknown.</summary>
    public Task<Impression?> GetAsync(Guid recommendationId, CancellationToken ct) => store.ReadAsync(async context =>
        (await context.Impressions.AsNoTracking().SingleOrDefaultAsync(row => row.RecommendationId == recommendationId, ct))?.ToImpression(), ct);
}
