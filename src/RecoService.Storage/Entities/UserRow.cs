namespace RecoService.Storage.Entities;

internal sealed class UserRow
{
    public int Key { get; set; }

    public required string Id { get; set; }

    public string? AttributesJson { get; set; }

    /// <summary>The id by which experiments know a user who was merged with a visitor; null: their own.</summary>
    public string? AssignmentId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Grows with every change of the record; 0 for a user known only from interactions.</summary>
    public long Revision { get; set; }

    /// <summary>The transaction that last wrote the record; see <see cref="StoreProvider.NextChangeAsync"/>. 0 for a user known only from interactions.</summary>
    public long Change { get; set; }

    public StoredUser ToStored() => new(Key, Id, AttributesJson, CreatedAt, UpdatedAt, Revision) { AssignmentId = AssignmentId };
}
