using System.Text.Json;

namespace RecoService.Storage.Entities;

internal sealed class ItemRow
{
    public int Key { get; set; }

    public required string Id { get; set; }

    public bool Listed { get; set; }

    public string? Title { get; set; }

    public string? Description { get; set; }

    public string CategoriesJson { get; set; } = "[]";

    public decimal? Price { get; set; }

    public decimal? SalePrice { get; set; }

    public string? Currency { get; set; }

    public bool Available { get; set; } = true;

    public bool Hidden { get; set; }

    public DateTimeOffset? AddedAt { get; set; }

    public string? GroupId { get; set; }

    public string? ImageUrl { get; set; }

    public double? ConsumesForDays { get; set; }

    public string? AttributesJson { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The transaction that last wrote the row; see <see cref="StoreProvider.NextChangeAsync"/>.</summary>
    public long Change { get; set; }

    /// <summary>Counts the writes of this row, so that whoever hears of two knows the later.</summary>
    public long Revision { get; set; }

    public ItemRecord Record
    {
        get => new()
        {
            Title = Title,
            Description = Description,
            Categories = CategoriesJson == "[]" ? [] : JsonSerializer.Deserialize<string[]>(CategoriesJson) ?? [],
            Price = Price,
            SalePrice = SalePrice,
            Currency = Currency,
            Available = Available,
            Hidden = Hidden,
            AddedAt = AddedAt,
            GroupId = GroupId,
            ImageUrl = ImageUrl,
            ConsumesForDays = ConsumesForDays,
            AttributesJson = AttributesJson,
        };
        set
        {
            Title = value.Title;
            Description = value.Description;
            CategoriesJson = WriteCategories(value.Categories);
            Price = value.Price;
            SalePrice = value.SalePrice;
            Currency = value.Currency;
            Available = value.Available;
            Hidden = value.Hidden;
            AddedAt = value.AddedAt;
            GroupId = value.GroupId;
            ImageUrl = value.ImageUrl;
            ConsumesForDays = value.ConsumesForDays;
            AttributesJson = value.AttributesJson;
        }
    }

    public static string WriteCategories(IReadOnlyList<string> categories) => categories.Count == 0 ? "[]" : JsonSerializer.Serialize(categories);

    public StoredItem ToStored() => new(Key, Id, Listed, Record, CreatedAt, UpdatedAt, Revision);
}
