using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Api.Diagnosing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;
using RecoService.Storage.Operations;

namespace RecoService.Api.Importing;

/// <summary>What operators are told of imports.</summary>
/// <param name="Running">Under way in the replica that answers.</param>
/// <param name="Items">Those that have ended, the newest first.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
internal sealed record ImportsResponse(IReadOnlyList<RunningImportResponse> Running, IReadOnlyList<ImportResponse> Items, string? Next);

/// <param name="Key">The name of the key that it is made with.</param>
/// <param name="Target">items, users or interactions.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Lines">Rows read so far.</param>
/// <param name="Invalid">Bad ones among them.</param>
internal sealed record RunningImportResponse(string Key, string Target, DateTimeOffset StartedAt, long Lines, long Invalid);

/// <param name="Id">Ascends.</param>
/// <param name="Key">The name of the key that it was made with.</param>
/// <param name="Target">items, users or interactions.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC.</param>
/// <param name="Outcome">stored; refused, nothing was stored; cancelled, its client went away; failed, the store or the service failed; unknown, the store did not say.</param>
/// <param name="Reason">Why it was not stored; null where it was.</param>
/// <param name="Report">Counts and the first 100 refused lines; null where it did not come to its end.</param>
internal sealed record ImportResponse(long Id, string Key, string Target, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string Outcome, string? Reason, ImportReport? Report)
{
    public static ImportResponse Of(ImportEntry entry)
    {
        var end = ImportJournal.Read(entry.ReportJson);
        return new ImportResponse(entry.Id, entry.KeyName, entry.Target, entry.StartedAt, entry.FinishedAt, entry.Outcome, end?.Reason ?? end?.Report?.Reason, end?.Report);
    }
}

/// <param name="Reason">Why it did not come to its end.</param>
/// <param name="Report">What came of it.</param>
internal sealed record ImportEnd(string? Reason, ImportReport? Report);

/// <summary>Keeps a journal of imports. One that cannot be written down stays as it is, and the service's log says so.</summary>
internal sealed partial class ImportJournal(ILogger<ImportJournal> logger)
{
    /// <summary>A row that an earlier or a later version wrote may have a field too many; it stays readable.</summary>
    private static readonly JsonSerializerOptions StoredOptions = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public static ImportEnd? Read(string json) => JsonSerializer.Deserialize<ImportEnd>(json, StoredOptions);

    /// <summary>Carries out an import, says how far it is, and writes down how it ended.</summary>
    public async Task<ImportReport> FollowAsync(Shop shop, string key, ImportTarget target, Func<IProgress<ImportProgress>, Task<ImportReport>> import)
    {
        var running = shop.Diagnosis.Imports.Begin(key, target.ToString().ToLowerInvariant());
        try
        {
            var report = await import(new Reporter(running));
            await WriteAsync(shop, running, report.Committed ? "stored" : "refused", new ImportEnd(null, report));
            return report;
        }
        catch (Exception exception)
        {
            await WriteAsync(shop, running, OutcomeOf(exception), new ImportEnd(ReasonOf(exception), null));
            throw;
        }
        finally
        {
            shop.Diagnosis.Imports.End(running);
        }
    }

    private async Task WriteAsync(Shop shop, RunningImport import, string outcome, ImportEnd end)
    {
        try
        {
            await shop.Store.Imports.AppendAsync(import.Key, import.Target, import.StartedAt, outcome, JsonSerializer.Serialize(end, StoredOptions), CancellationToken.None);
        }
        catch (StorageUnavailableException exception)
        {
            LogLost(import.Target, outcome, exception.Message);
        }
    }

    private static string OutcomeOf(Exception exception) => exception switch
    {
        InvalidRequestException or BadHttpRequestException => "refused",
        OperationCanceledException => "cancelled",
        StorageUnavailableException { OutcomeIsUnknown: true } => "unknown",
        _ => "failed",
    };

    private static string ReasonOf(Exception exception) => exception switch
    {
        InvalidRequestException invalid => string.Join("; ", invalid.Problems),
        BadHttpRequestException or StorageUnavailableException => exception.Message,
        OperationCanceledException => "The client went away.",
        _ => "The error is in the service's log.",
    };

    private sealed class Reporter(RunningImport import) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => import.Report(value.Lines, value.Invalid);
    }

    [LoggerMessage(LogLevel.Warning, "An import of {Target} that ended as {Outcome} could not be written down: {Reason}")]
    private partial void LogLost(string target, string outcome, string reason);
}
