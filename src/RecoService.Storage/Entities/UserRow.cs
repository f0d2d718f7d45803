namespace RecoService.Storage.Entities;

internal sealed class UserRow
{
    public int Key { get; set; }

    public required string Id { get; set; }

    public string? AttributesJson { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public StoredUser ToStored() => new(Key, Id, AttributesJson, CreatedAt, UpdatedAt);
}
