using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>Reads what the catalogue says of its items, for models that learn from it and for the judgement of lists.</summary>
internal static class ItemContents
{
    private const string Sql = "SELECT key, title, description, categories_json, price, attributes_json, consumes_for_days FROM items WHERE listed AND deleted_at IS NULL";

    public static async Task ReadAsync(RecoDbContext context, InteractionDatasetBuilder builder, CancellationToken ct)
    {
        var attributes = new AttributesReader();
        await using var command = context.Command(Sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            builder.AddContent(reader.GetInt32(0), new ItemContent
            {
                Title = reader.GetText(1) ?? "",
                Description = reader.GetText(2) ?? "",
                Categories = reader.GetFieldValue<byte[]>(3) is { Length: > 2 } categories ? attributes.ReadTexts(categories) : [],
                Price = reader.IsDBNull(4) ? null : (float)reader.GetDecimal(4),
                Attributes = reader.IsDBNull(5) ? [] : AttributesReader.TermsOf(attributes.Read(reader.GetFieldValue<byte[]>(5))),
                ConsumesForDays = reader.IsDBNull(6) ? null : reader.GetDouble(6),
            });
        }
    }
}
