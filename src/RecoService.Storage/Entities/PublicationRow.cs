using System.Text.Json;

namespace RecoService.Storage.Entities;

internal sealed class PublicationRow
{
    public long Sequence { get; set; }

    public int ModelVersion { get; set; }

    public required string ManifestJson { get; set; }

    public bool Pinned { get; set; }

    public DateTimeOffset PublishedAt { get; set; }

    public required string PublishedBy { get; set; }

    public string? Reason { get; set; }

    /// <summary>Empty when it is damaged: then the publication cannot be served, and the one before it can.</summary>
    public int[] Manifest
    {
        get
        {
            try
            {
                return JsonSerializer.Deserialize<int[]>(ManifestJson) ?? [];
            }
            catch (JsonException)
            {
                return [];
            }
        }
    }

    public Publication ToPublication() => new(Sequence, ModelVersion, Manifest, Pinned, PublishedAt, PublishedBy, Reason);
}
