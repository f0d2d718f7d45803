using System.Buffers;
using System.Text.Json;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>Writes batches of impressions by binary COPY, from buffers that are used again for the next batch.</summary>
internal sealed class ImpressionCopy
{
    public const string Columns = "recommendation_id, user_id, placement, variant, model_version, configuration_version, occurred_at, item_ids_json, context_json, sources_json, propensities_json, item_variants_json, shadow_item_ids_json, fallback_items, made_in";
    private const string Target = $"COPY impressions ({Columns}) FROM STDIN (FORMAT BINARY)";
    private const short ColumnCount = 15;

    private readonly CopyWriter row = new();
    private readonly ArrayBufferWriter<byte> json = new(1024);
    private readonly Utf8JsonWriter jsonWriter;

    public ImpressionCopy() => jsonWriter = new Utf8JsonWriter(json);

    /// <exception cref="PostgresException">One of the ids is stored already; then nothing is.</exception>
    public async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<Impression> impressions, CancellationToken ct)
    {
        // Left without an end by an exception, the stream gives the copy up when it is disposed.
        await using var stream = await connection.BeginRawBinaryCopyAsync(Target, ct);
        row.Start();
        foreach (var impression in impressions)
        {
            if (row.IsFull)
                await row.FlushAsync(stream, ct);
            Write(impression);
        }

        await row.EndAsync(stream, ct);
    }

    private void Write(Impression impression)
    {
        row.StartRow(ColumnCount);
        row.Write(impression.RecommendationId);
        row.Write(impression.UserId);
        row.Write(impression.Placement);
        row.Write(impression.Variant);
        if (impression.ModelVersion is { } version)
            row.Write(version);
        else
            row.WriteNull();
        row.Write(impression.ConfigurationVersion);
        row.Write(impression.OccurredAt.ToUnixTimeMilliseconds());
        row.WriteText(JsonOf(impression.ItemIds));
        row.Write(impression.ContextJson);
        Write(impression.Sources);
        if (impression.Propensities.Count > 0)
            row.WriteText(JsonOf(impression.Propensities));
        else
            row.WriteNull();
        Write(impression.ItemVariants);
        Write(impression.ShadowItemIds);
        row.Write(impression.FallbackItems);
        if (impression.Microseconds is { } microseconds)
            row.Write(microseconds);
        else
            row.WriteNull();
    }

    private void Write(IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
            row.WriteText(JsonOf(texts));
        else
            row.WriteNull();
    }

    private ReadOnlySpan<byte> JsonOf(IReadOnlyList<float> numbers)
    {
        Start();
        for (var position = 0; position < numbers.Count; position++)
        {
            // Most places are not drawn, and a whole number is written sooner.
            if (numbers[position] == 1)
                jsonWriter.WriteNumberValue(1);
            else
                jsonWriter.WriteNumberValue(numbers[position]);
        }

        return End();
    }

    private ReadOnlySpan<byte> JsonOf(IReadOnlyList<string> texts)
    {
        Start();
        for (var position = 0; position < texts.Count; position++)
            jsonWriter.WriteStringValue(texts[position]);
        return End();
    }

    private void Start()
    {
        json.ResetWrittenCount();
        jsonWriter.Reset();
        jsonWriter.WriteStartArray();
    }

    private ReadOnlySpan<byte> End()
    {
        jsonWriter.WriteEndArray();
        jsonWriter.Flush();
        return json.WrittenSpan;
    }
}
