using System.Data.Common;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage;

/// <summary>Reads items as serving needs them. Not thread-safe.</summary>
internal sealed class ServedItemReader
{
    /// <summary>Descriptions are far longer than all the rest, and only items that are newer than the models need them.</summary>
    public const string Columns =
        "t.key, t.id, t.listed, t.available, t.hidden, t.deleted_at IS NOT NULL, t.group_id, t.updated_at, t.revision, t.change, COALESCE(t.added_at, t.created_at), "
        + "t.consumes_for_days, t.categories_json, CAST(t.price AS double precision), CAST(t.sale_price AS double precision), t.currency, t.attributes_json, t.listed AND t.key > @contentAfter, "
        + "t.title, CASE WHEN t.key > @contentAfter THEN t.description END, t.image_url";

    public const int Key = 0;
    public const int UpdatedAt = 7;
    public const int Change = 9;

    private readonly AttributesReader attributes = new();

    /// <param name="row">A row with <see cref="Columns"/>.</param>
    public ServedItem Read(DbDataReader row)
    {
        var item = new CatalogueItem(row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetText(6))
        {
            Revision = row.GetInt64(8),
            AddedAt = row.GetInt64(10),
            ConsumesForDays = row.GetNumber(11),
            Categories = row.GetFieldValue<byte[]>(12) is { Length: > 2 } categories ? attributes.ReadTexts(categories) : [],
            Title = row.GetText(18),
            ImageUrl = row.GetText(20),
            Price = row.GetNumber(13),
            SalePrice = row.GetNumber(14),
            Currency = row.GetText(15),
            Attributes = row.IsDBNull(16) ? [] : attributes.Read(row.GetFieldValue<byte[]>(16)),
        };
        return new ServedItem(row.GetInt32(Key), row.GetString(1), item, row.GetBoolean(17) ? ContentOf(item, row.GetText(19)) : null);
    }

    /// <summary>The same of a record that was just written.</summary>
    public static ServedItem Of(StoredItem stored)
    {
        var record = stored.Record;
        var item = new CatalogueItem(stored.Listed, record.Available, record.Hidden, Deleted: false, record.GroupId)
        {
            Revision = stored.Revision,
            AddedAt = (record.AddedAt ?? stored.CreatedAt).ToUnixTimeMilliseconds(),
            ConsumesForDays = record.ConsumesForDays,
            Categories = record.Categories,
            Title = record.Title,
            ImageUrl = record.ImageUrl,
            Price = (double?)record.Price,
            SalePrice = (double?)record.SalePrice,
            Currency = record.Currency,
            Attributes = new AttributesReader().Read(record.AttributesJson),
        };
        return new ServedItem(stored.Key, stored.ItemId, item, ContentOf(item, record.Description));
    }

    private static ItemContent ContentOf(CatalogueItem item, string? description) => new()
    {
        Title = item.Title ?? "",
        Description = description ?? "",
        Categories = item.Categories,
        Price = (float?)item.Price,
        Attributes = AttributesReader.TermsOf(item.Attributes),
    };
}
