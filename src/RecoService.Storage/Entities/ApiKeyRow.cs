using System.Text.Json;

namespace RecoService.Storage.Entities;

/// <summary>A secret of a key: a key that was rotated has two for a while.</summary>
internal sealed class ApiKeyRow
{
    public long Id { get; set; }

    /// <summary>The last change of any key that this secret was part of.</summary>
    public long Revision { get; set; }

    public string Name { get; set; } = "";

    public string KeyHash { get; set; } = "";

    public string Role { get; set; } = "";

    /// <summary>A JSON array of groups of operations; null: all that the role opens.</summary>
    public string? ScopesJson { get; set; }

    public int RequestsPerSecond { get; set; }

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public string[] Scopes => ScopesJson is null ? [] : JsonSerializer.Deserialize<string[]>(ScopesJson) ?? [];
}
