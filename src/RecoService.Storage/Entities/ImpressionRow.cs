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

    public Impression ToImpression() => new(
        RecommendationId, UserId, Placement, Variant, ModelVersion, ConfigurationVersion, OccurredAt, JsonSerializer.Deserialize<string[]>(ItemIdsJson) ?? [])
    {
        ContextJson = ContextJson,
    };
}
