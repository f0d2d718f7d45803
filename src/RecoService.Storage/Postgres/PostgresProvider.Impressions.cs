using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace RecoService.Storage.Postgres;

/// <summary>Impressions come by the thousand and are all but always new: they go by COPY, which costs a tenth of an INSERT on either side.</summary>
internal sealed partial class PostgresProvider
{
    private const string InsertNewImpressions = $"""
        INSERT INTO impressions ({ImpressionCopy.Columns})
        SELECT * FROM unnest(@ids, @users, @placements, @variants, @models, @configurations, @times, @items, @contexts, @sources, @propensities, @itemVariants, @shadow, @fallbacks, @madeIn)
        ON CONFLICT (recommendation_id) DO NOTHING
        """;

    private ImpressionCopy? idleCopy;

    public override async Task AppendImpressionsAsync(RecoDbContext context, IReadOnlyList<Impression> impressions, bool areNew, CancellationToken ct)
    {
        if (!areNew)
        {
            await InsertNewAsync(context, impressions, ct);
            return;
        }

        var copy = Interlocked.Exchange(ref idleCopy, null) ?? new ImpressionCopy();
        await copy.WriteAsync((NpgsqlConnection)context.Database.GetDbConnection(), impressions, ct);
        idleCopy = copy;
    }

    private static async Task InsertNewAsync(RecoDbContext context, IReadOnlyList<Impression> impressions, CancellationToken ct)
    {
        await using var command = (NpgsqlCommand)context.Command(InsertNewImpressions);
        Add("ids", NpgsqlDbType.Uuid, impression => impression.RecommendationId);
        Add("users", NpgsqlDbType.Text, impression => impression.UserId);
        Add("placements", NpgsqlDbType.Text, impression => impression.Placement);
        Add("variants", NpgsqlDbType.Text, impression => impression.Variant);
        Add("models", NpgsqlDbType.Integer, impression => impression.ModelVersion);
        Add("configurations", NpgsqlDbType.Text, impression => impression.ConfigurationVersion);
        Add("times", NpgsqlDbType.Bigint, impression => impression.OccurredAt.ToUnixTimeMilliseconds());
        Add("items", NpgsqlDbType.Text, impression => JsonSerializer.Serialize(impression.ItemIds));
        Add("contexts", NpgsqlDbType.Text, impression => impression.ContextJson);
        Add("sources", NpgsqlDbType.Text, impression => impression.Sources.Count == 0 ? null : JsonSerializer.Serialize(impression.Sources));
        Add("propensities", NpgsqlDbType.Text, impression => impression.Propensities.Count == 0 ? null : JsonSerializer.Serialize(impression.Propensities));
        Add("itemVariants", NpgsqlDbType.Text, impression => impression.ItemVariants.Count == 0 ? null : JsonSerializer.Serialize(impression.ItemVariants));
        Add("shadow", NpgsqlDbType.Text, impression => impression.ShadowItemIds.Count == 0 ? null : JsonSerializer.Serialize(impression.ShadowItemIds));
        Add("fallbacks", NpgsqlDbType.Integer, impression => impression.FallbackItems);
        Add("madeIn", NpgsqlDbType.Integer, impression => impression.Microseconds);
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(string name, NpgsqlDbType type, Func<Impression, T> value) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = impressions.Select(value).ToArray() });
    }
}
