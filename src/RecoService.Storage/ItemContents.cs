using System.Data.Common;
using System.Text.Json;
using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>Reads what the catalogue says of its items, for models that learn from it and for items that arrive after them.</summary>
internal static class ItemContents
{
    /// <summary>What <see cref="ContentOf"/> reads.</summary>
    public const string Columns = "title, description, categories_json, price, attributes_json";

    private const string Sql = $"SELECT key, {Columns} FROM items WHERE listed AND deleted_at IS NULL";

    public static async Task ReadAsync(RecoDbContext context, InteractionDatasetBuilder builder, CancellationToken ct)
    {
        await using var command = context.Command(Sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            builder.AddContent(reader.GetInt32(0), ContentOf(reader, first: 1));
    }

    /// <param name="row">A row with <see cref="Columns"/>.</param>
    /// <param name="first">Where they begin.</param>
    public static ItemContent ContentOf(DbDataReader row, int first) => new()
    {
        Title = row.GetText(first) ?? "",
        Description = row.GetText(first + 1) ?? "",
        Categories = row.GetString(first + 2) is var categories && categories != "[]" ? JsonSerializer.Deserialize<string[]>(categories) ?? [] : [],
        Price = row.IsDBNull(first + 3) ? null : (float)row.GetDecimal(first + 3),
        Attributes = row.GetText(first + 4) is { } attributes ? TermsOf(attributes) : [],
    };

    /// <summary>What a record says.</summary>
    public static ItemContent ContentOf(ItemRecord record) => new()
    {
        Title = record.Title ?? "",
        Description = record.Description ?? "",
        Categories = record.Categories,
        Price = (float?)record.Price,
        Attributes = record.AttributesJson is { } attributes ? TermsOf(attributes) : [],
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
