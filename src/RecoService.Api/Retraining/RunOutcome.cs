namespace RecoService.Api.Retraining;

/// <summary>How a model run can end; the words stand in the database, in answers and in metrics.</summary>
internal static class RunOutcome
{
    public const string Published = "published";
    public const string Refused = "refused";
    public const string Held = "held";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Interrupted = "interrupted";
    public const string Skipped = "skipped";
}
