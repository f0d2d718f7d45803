namespace RecoService.Storage;

/// <summary>The numbers of rows: several rows of one line have the line in common.</summary>
public static class ImportLines
{
    /// <summary>Above a line's number stands the row's place in the line: 2^40 lines are more than a file has.</summary>
    private const int LineBits = 40;

    /// <param name="line">From 1.</param>
    /// <param name="position">The row's place in the line, from 0.</param>
    public static long Number(long line, int position) => ((long)position << LineBits) | line;

    /// <summary>The line of a numbered row.</summary>
    public static long LineOf(long number) => number & ((1L << LineBits) - 1);
}

/// <summary>The rows of one file on their way into the store. Disposed without a commit, nothing has happened. Not thread-safe.</summary>
public abstract class ImportStage<T> : IAsyncDisposable
{
    private protected ImportStage()
    {
    }

    /// <param name="line">The row's number, as <see cref="ImportLines.Number"/> makes it, different for every row; it names the row in conflicts and in derived ids.</param>
    /// <exception cref="StorageUnavailableException">The database is away or the disk is full.</exception>
    public abstract ValueTask AddAsync(long line, T row, CancellationToken ct);

    /// <summary>
    /// Merges what was added in one transaction. Rows without an id get one derived from <paramref name="sourceHash"/> and their line,
    /// so that the same file again is all duplicates.
    /// </summary>
    /// <param name="sourceHash">Names the file's content.</param>
    /// <param name="rules">What happens to rows whose id belongs to other content, and to fields that a row does not give.</param>
    /// <exception cref="StorageUnavailableException">The database is away or busy; nothing was imported, unless it says that this is unknown.</exception>
    public abstract Task<ImportResult> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <param name="Committed">False: conflicts stopped the import and nothing was stored.</param>
/// <param name="Conflicts">The first 100 by line.</param>
public sealed record ImportResult(bool Committed, long Accepted, long Duplicates, long ConflictCount, IReadOnlyList<ImportConflict> Conflicts)
{
    /// <summary>Rows that were merged into another row of their id.</summary>
    public long Merged { get; init; }

    /// <summary>Rows that were left out because <see cref="ImportRules.OnConflict"/> prefers other content under their id.</summary>
    public long Skipped { get; init; }

    /// <summary>Interactions whose time lay ahead of the store's clock; the time of the import stands for it.</summary>
    public long Clamped { get; init; }
}

public sealed record ImportConflict(long Line, string Reason);
