using System.Buffers;
using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Api.Recommendations;

/// <summary>One line of lists made in bulk.</summary>
/// <param name="UserId">As asked.</param>
/// <param name="ModelVersion">The version that made the list, or null before the first model.</param>
/// <param name="Items">Best first.</param>
internal sealed record UserList(string UserId, int? ModelVersion, IReadOnlyList<RecommendedItem> Items)
{
    public const string MediaType = "application/x-ndjson";

    /// <summary>Makes and writes a line per user, in their order.</summary>
    public static void WriteLines(ServingState state, ReadOnlySpan<string> userIds, int limit, DateTimeOffset now, RuleSet rules, IBufferWriter<byte> output)
    {
        var userIndexes = new int[userIds.Length];
        for (var position = 0; position < userIds.Length; position++)
            userIndexes[position] = state.Users.TryGetIndex(userIds[position], out var userIndex) ? userIndex : -1;
        var lists = state.RecommendMany(userIndexes, limit, now.ToUnixTimeMilliseconds(), rules);

        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = WireJson.Options.Encoder, SkipValidation = true });
        for (var position = 0; position < lists.Length; position++)
        {
            WriteLine(json, state, userIds[position], lists[position]);
            json.Flush();
            output.Write("\n"u8);
            json.Reset();
        }
    }

    private static void WriteLine(Utf8JsonWriter json, ServingState state, string userId, List<Candidate> list)
    {
        json.WriteStartObject();
        json.WriteString("userId"u8, userId);
        if (state.ModelVersion is { } version)
            json.WriteNumber("modelVersion"u8, version);
        else
            json.WriteNull("modelVersion"u8);
        json.WriteStartArray("items"u8);
        foreach (var candidate in list)
        {
            json.WriteStartObject();
            json.WriteString("itemId"u8, state.Items[candidate.ItemIndex]);
            json.WriteNumber("score"u8, candidate.Score);
            json.WriteString("source"u8, candidate.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
