using System.Text.Json;

namespace RecoService.Storage.Entities;

internal sealed class ImpressionRow
{
    public Guid RecommendationId { get; set; }

    public required string UserId { get; set; }

    public required string Placement { get; set; }

    public string? Variant { get; set; }

    public int? ModelVersion { get; set; }

    public required string ConfigurationVersion { get; set; }

    public DateTimeOffset OccurredAt { get; set; }

    public required string ItemIdsJson { get; set; }

    public string? ContextJson { get; set; }

    /// <summary>A JSON array with the source of each item, or one for all; null where it is not known.</summary>
    public string? SourcesJson { get; set; }

    /// <summary>A JSON array with the propensity of each item; null where the placement does not explore.</summary>
    public string? PropensitiesJson { get; set; }

    /// <summary>A JSON array with the variant of each item of an interleaved list; null in any other.</summary>
    public string? ItemVariantsJson { get; set; }

    /// <summary>A JSON array with the items of the list that was made beside this one; null where there is none.</summary>
    public string? ShadowItemIdsJson { get; set; }

    /// <summary>How many of its items a fallback filled; null where that is not known.</summary>
    public int? FallbackItems { get; set; }

    /// <summary>Microseconds that it took to make the list; null where that is not known.</summary>
    public int? MadeIn { get; set; }

    /// <summary>Whether the figures hold it.</summary>
    public bool Counted { get; set; }

    public Impression ToImpression() => new(
        RecommendationId, UserId, Placement, Variant, ModelVersion, ConfigurationVersion, OccurredAt, JsonSerializer.Deserialize<string[]>(ItemIdsJson) ?? [])
    {
        ContextJson = ContextJson,
        Sources = SourcesJson is null ? [] : JsonSerializer.Deserialize<string[]>(SourcesJson) ?? [],
        Propensities = PropensitiesJson is null ? [] : JsonSerializer.Deserialize<float[]>(PropensitiesJson) ?? [],
        ShadowItemIds = ShadowItemIdsJson is null ? [] : JsonSerializer.Deserialize<string[]>(ShadowItemIdsJson) ?? [],
        ItemVariants = ItemVariantsJson is null ? [] : JsonSerializer.Deserialize<string[]>(ItemVariantsJson) ?? [],
        FallbackItems = FallbackItems ?? 0,
        MadeIn = MadeIn is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null,
    };
}
