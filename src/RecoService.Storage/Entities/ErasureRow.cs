using System.Text.Json;

namespace RecoService.Storage.Entities;

/// <summary>The receipt of an erasure. It names the user only until late arrivals are swept.</summary>
internal sealed class ErasureRow
{
    public Guid Id { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>Until then lists on their way may still arrive.</summary>
    public DateTimeOffset SettlesAt { get; set; }

    public DateTimeOffset RetrainDueAt { get; set; }

    /// <summary>Null once nothing of the user can arrive any more.</summary>
    public string? UserId { get; set; }

    /// <summary>Null for somebody who was only shown lists.</summary>
    public int? UserKey { get; set; }

    /// <summary>The first moment at which a model could have learned from the user.</summary>
    public DateTimeOffset FirstSeenAt { get; set; }

    /// <summary>Of the erasing transaction: a training that had read it did not see the user.</summary>
    public long Change { get; set; }

    /// <summary>A JSON object: rows deleted, by table.</summary>
    public string DeletedJson { get; set; } = "{}";

    /// <summary>A JSON array: versions that may have learned from the user.</summary>
    public string ModelVersionsJson { get; set; } = "[]";

    public DateTimeOffset? SettledAt { get; set; }

    public DateTimeOffset? RetrainAskedAt { get; set; }

    /// <summary>When none of these models was found to serve; null: somebody still looks after it.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    public SortedDictionary<string, long> Deleted => new(JsonSerializer.Deserialize<Dictionary<string, long>>(DeletedJson) ?? [], StringComparer.Ordinal);

    public int[] ModelVersions => JsonSerializer.Deserialize<int[]>(ModelVersionsJson) ?? [];
}
