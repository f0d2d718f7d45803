using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>How an import went.</summary>
/// <param name="Committed">False: nothing of the file was stored.</param>
/// <param name="Lines">Rows read: the sum of the counts below; when nothing was stored, of the dropped, the bad and the good ones.</param>
/// <param name="Accepted">Rows stored.</param>
/// <param name="Duplicates">Rows that were stored before, with the same content.</param>
/// <param name="Merged">Rows merged into another row of their id, because of mergeRows.</param>
/// <param name="Skipped">Rows left out because onConflict prefers other content under their id.</param>
/// <param name="Dropped">Rows left out because a condition said so.</param>
/// <param name="Invalid">Bad rows, and rows whose id belongs to other content.</param>
/// <param name="Errors">The first 100 bad rows.</param>
/// <param name="Reason">Why nothing was stored, and what to do; null when the import is stored.</param>
internal sealed record ImportReport(
    bool Committed, long Lines, long Accepted, long Duplicates, long Merged, long Skipped, long Dropped, long Invalid, IReadOnlyList<ImportError> Errors,
    string? Reason)
{
    /// <summary>Interactions whose time lay ahead of this machine's clock, by 24 hours at most; the time of the import is stored instead.</summary>
    public long Clamped { get; init; }

    /// <summary>What was taken for the delimiter of a CSV file; null where it was not looked for.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Values that had white space around them, which was left out.</summary>
    public long Trimmed { get; init; }

    /// <summary>Texts that were too long and were cut.</summary>
    public long Truncated { get; init; }

    /// <summary>Columns of a CSV file that stand for no field.</summary>
    public IReadOnlyList<string> UnusedColumns { get; init; } = [];

    /// <summary>The same in words, without what is as usual.</summary>
    internal IEnumerable<string> Notes
    {
        get
        {
            if (Delimiter is not null and not ",")
                yield return $"The delimiter is {(Delimiter == "\t" ? "a tab" : Delimiter)}.";
            if (UnusedColumns.Count > 0)
                yield return $"Columns that stand for no field: {string.Join(", ", UnusedColumns.Select(name => WireText.Escape(name)))}.";
            if (Trimmed > 0)
                yield return $"White space around {Trimmed:N0} values was left out.";
            if (Clamped > 0)
                yield return $"{Clamped:N0} rows had a time ahead of this machine's clock; the time of the import is stored instead.";
            if (Truncated > 0)
                yield return $"Warning: {Truncated:N0} texts were too long and were cut.";
        }
    }
}

/// <summary>One bad row.</summary>
/// <param name="Line">Line of the file on which it begins, from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record ImportError(long Line, string Reason);
