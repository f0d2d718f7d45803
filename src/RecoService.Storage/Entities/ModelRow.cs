namespace RecoService.Storage.Entities;

internal sealed class ModelRow
{
    public int Version { get; set; }

    public long? RunId { get; set; }

    public required string Trainer { get; set; }

    public required string OptionsJson { get; set; }

    public int Seed { get; set; }

    public required string Watermark { get; set; }

    public DateTimeOffset? TrainedThrough { get; set; }

    public string? MetricsJson { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public long SizeBytes { get; set; }

    public required string Checksum { get; set; }

    public StoredModel ToStored() =>
        new(Version, RunId, Trainer, OptionsJson, Seed, Watermark, TrainedThrough, MetricsJson, CreatedAt, SizeBytes, Checksum);
}

internal sealed class ModelChunkRow
{
    public int Version { get; set; }

    public int Part { get; set; }

    public required byte[] Content { get; set; }
}
