namespace RecoService.Storage.Entities;

internal sealed class ModelRunRow
{
    public long Id { get; set; }

    public required string Holder { get; set; }

    public required string Trigger { get; set; }

    public required string Plan { get; set; }

    public bool Force { get; set; }

    public required string Stage { get; set; }

    public double Progress { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public RunOutcome? Outcome { get; set; }

    public string? Reason { get; set; }

    public string? MetricsJson { get; set; }

    public string? OptionsJson { get; set; }

    public int Seed { get; set; }

    public string? Watermark { get; set; }

    public int? ModelVersion { get; set; }

    public bool CancelRequested { get; set; }

    public ModelRun ToRun() => new()
    {
        Id = Id,
        Trigger = Trigger,
        Plan = Plan,
        Force = Force,
        Stage = Stage,
        Progress = Progress,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        Outcome = Outcome,
        Reason = Reason,
        MetricsJson = MetricsJson,
        OptionsJson = OptionsJson,
        Seed = Seed,
        Watermark = Watermark,
        ModelVersion = ModelVersion,
        CancelRequested = CancelRequested,
    };
}
