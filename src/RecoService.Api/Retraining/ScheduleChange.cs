namespace RecoService.Api.Retraining;

/// <summary>When the recommender is trained, in the place of what is configured.</summary>
/// <param name="Enabled">Whether it is trained on schedule at all.</param>
/// <param name="Interval">The time between runs; null: as configured.</param>
/// <param name="Cron">A cron expression in UTC, which wins; null: none.</param>
internal sealed record ScheduleChange(bool Enabled, TimeSpan? Interval, string? Cron)
{
    public override string ToString() => !Enabled ? "no runs on schedule" : Cron is not null ? $"cron {Cron}" : Interval is { } interval ? $"every {interval:c}" : "as configured";
}
