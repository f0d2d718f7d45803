namespace RecoService.Storage;

/// <summary>The fields of an item's record, in the order of the columns that keep them.</summary>
[Flags]
public enum ItemFields
{
    None = 0,
    Title = 1 << 0,
    Description = 1 << 1,
    Categories = 1 << 2,
    Price = 1 << 3,
    SalePrice = 1 << 4,
    Currency = 1 << 5,
    Available = 1 << 6,
    Hidden = 1 << 7,
    AddedAt = 1 << 8,
    GroupId = 1 << 9,
    ImageUrl = 1 << 10,
    ConsumesForDays = 1 << 11,
    Attributes = 1 << 12,
    All = (1 << 13) - 1,
}

/// <summary>One row of an item import.</summary>
/// <param name="ItemId">The shop's id.</param>
/// <param name="Record">The values; a field that is not filled has its default.</param>
/// <param name="Given">The fields that the row names. The others of a stored item stay as they are.</param>
/// <param name="Filled">Of those, the fields with a value. A field that is given without one is cleared.</param>
public sealed record ImportedItem(string ItemId, ItemRecord Record, ItemFields Given = ItemFields.All, ItemFields Filled = ItemFields.All);

/// <summary>One row of a user import.</summary>
/// <param name="UserId">The shop's id.</param>
/// <param name="AttributesJson">A JSON merge patch (RFC 7396) of the stored attributes as text; null clears them all.</param>
/// <param name="GivesAttributes">False: the row has no attributes, and the stored ones stay.</param>
public sealed record ImportedUser(string UserId, string? AttributesJson, bool GivesAttributes = true);
