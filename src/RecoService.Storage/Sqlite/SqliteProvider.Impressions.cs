using System.Text.Json;

namespace RecoService.Storage.Sqlite;

internal sealed partial class SqliteProvider
{
    private const string InsertImpression = """
        INSERT INTO impressions (recommendation_id, user_id, placement, variant, model_version, configuration_version, occurred_at, item_ids_json, context_json, sources_json, propensities_json, item_variants_json, shadow_item_ids_json, fallback_items, made_in)
        VALUES (@id, @user, @placement, @variant, @model, @configuration, @at, @items, @context, @sources, @propensities, @itemVariants, @shadow, @fallbacks, @madeIn)
        ON CONFLICT (recommendation_id) DO NOTHING
        """;

    public override async Task AppendImpressionsAsync(RecoDbContext context, IReadOnlyList<Impression> impressions, bool areNew, CancellationToken ct)
    {
        await using var insert = context.Command(
            InsertImpression, ("id", null), ("user", null), ("placement", null), ("variant", null), ("model", null), ("configuration", null), ("at", null), ("items", null), ("context", null), ("sources", null), ("propensities", null), ("itemVariants", null), ("shadow", null), ("fallbacks", null), ("madeIn", null));
        foreach (var impression in impressions)
        {
            ct.ThrowIfCancellationRequested();
            insert.Parameters[0].Value = impression.RecommendationId;
            insert.Parameters[1].Value = impression.UserId;
            insert.Parameters[2].Value = impression.Placement;
            insert.Parameters[3].Value = impression.Variant ?? (object)DBNull.Value;
            insert.Parameters[4].Value = impression.ModelVersion ?? (object)DBNull.Value;
            insert.Parameters[5].Value = impression.ConfigurationVersion;
            insert.Parameters[6].Value = impression.OccurredAt.ToUnixTimeMilliseconds();
            insert.Parameters[7].Value = JsonSerializer.Serialize(impression.ItemIds);
            insert.Parameters[8].Value = impression.ContextJson ?? (object)DBNull.Value;
            insert.Parameters[9].Value = impression.Sources.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(impression.Sources);
            insert.Parameters[10].Value = impression.Propensities.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(impression.Propensities);
            insert.Parameters[11].Value = impression.ItemVariants.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(impression.ItemVariants);
            insert.Parameters[12].Value = impression.ShadowItemIds.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(impression.ShadowItemIds);
            insert.Parameters[13].Value = impression.FallbackItems;
            insert.Parameters[14].Value = impression.Microseconds ?? (object)DBNull.Value;
            insert.ExecuteNonQuery();
        }
    }
}
