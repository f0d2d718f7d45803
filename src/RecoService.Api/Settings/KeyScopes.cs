using System.Collections.Frozen;

namespace RecoService.Api.Settings;

/// <summary>The groups of operations to which a key may be bound: the tags of the OpenAPI document, in small letters.</summary>
internal static class KeyScopes
{
    /// <summary>What makes and ends keys.</summary>
    public const string Access = "access";

    private static readonly FrozenDictionary<string, string> ByTag = new[]
    {
        "Recommendations", "Profiles", "Interactions", "Items", "Users", "Privacy", "Rules", "Experiments", "Import", "Model runs", "Models", "Status", "Access", "Health", "Ingest", "Placements",
    }.ToFrozenDictionary(tag => tag, tag => tag.ToLowerInvariant().Replace(' ', '-'), StringComparer.Ordinal);

    public static IReadOnlyList<string> All { get; } = [.. ByTag.Values.Order(StringComparer.Ordinal)];

    /// <summary>Null for what has no group.</summary>
    public static string? OfTag(string? tag) => tag is not null && ByTag.TryGetValue(tag, out var scope) ? scope : null;
}
