using System.Data.Common;
using System.Text.Json;
using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>Reads what the catalogue says of its items, for models that learn from it.</summary>
internal static class ItemContents
{
    private const string Sql = "SELECT key, title, description, categories_json, price, attributes_json FROM items WHERE listed AND deleted_at IS NULL";

    public static async Task ReadAsync(RecoDbContext context, InteractionDatasetBuilder builder, CancellationToken ct)
    {
        await using var command = context.Command(Sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            builder.AddContent(reader.GetInt32(0), ContentOf(reader));
    }

    private static ItemContent ContentOf(DbDataReader row) => new()
    {
        Title = row.GetText(1) ?? "",
        Description = row.GetText(2) ?? "",
        Categories = row.GetString(3) is var categories && categories != "[]" ? JsonSerializer.Deserialize<string[]>(categories) ?? [] : [],
        Price = row.IsDBNull(4) ? null : (float)row.GetDecimal(4),
        Attributes = row.GetText(5) is { } attributes ? TermsOf(attributes) : [],
    };

    /// <summary>One <c>name=value</c> per value; of a list, one per element. What is nested deeper has no term of its own.</summary>
    private static List<string> TermsOf(string attributesJson)
    {
        using var document = JsonDocument.Parse(attributesJson);
        var terms = new List<string>();
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return terms;
        foreach (var attribute in document.RootElement.EnumerateObject())
        {
            if (attribute.Value.ValueKind == JsonValueKind.Array)
                terms.AddRange(attribute.Value.EnumerateArray().Where(IsScalar).Select(element => $"{attribute.Name}={element}"));
            else if (IsScalar(attribute.Value))
                terms.Add($"{attribute.Name}={attribute.Value}");
        }

        return terms;
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
}
