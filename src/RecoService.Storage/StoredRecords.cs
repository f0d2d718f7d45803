using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage;

/// <param name="Key">The store's key of the item; the same for ever, also across delete and PUT.</param>
/// <param name="ItemId">The shop's id.</param>
/// <param name="Listed">It has a catalogue record; false for an item known only from interactions.</param>
/// <param name="Revision">Grows with every write of this item.</param>
public sealed record StoredItem(int Key, string ItemId, bool Listed, ItemRecord Record, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Revision)
{
    /// <summary>What serving must know of it, its content included.</summary>
    public ServedItem ToServed() => ServedItemReader.Of(this);
}

/// <param name="Key">The store's key of the user; never used again after the user is erased.</param>
/// <param name="UserId">The shop's id.</param>
/// <param name="AttributesJson">A JSON object as text, or null.</param>
/// <param name="Revision">Grows with every write of this user's record; 0 for a user known only from interactions.</param>
public sealed record StoredUser(int Key, string UserId, string? AttributesJson, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Revision)
{
    /// <summary>The id by which experiments know the user; null: their own.</summary>
    public string? AssignmentId { get; init; }

    /// <summary>What serving must know of the user.</summary>
    public ServedUser ToServed() => new(Key, UserId, Revision, new AttributesReader().Read(AttributesJson)) { AssignmentId = AssignmentId };
}

/// <param name="Id">Null for a rating: a user has one rating of an item.</param>
public sealed record StoredInteraction(
    string? Id, string UserId, string ItemId, string Kind, double? Value, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    string? SessionId, string? OrderId, double? Quantity, decimal? UnitPrice, Guid? RecommendationId)
{
    /// <summary>A JSON object as text, or null.</summary>
    public string? AttributesJson { get; init; }
}

public sealed record StoreCounts(long Users, long Items, long Interactions, long Ratings);
