using RecoService.Storage;

namespace RecoService.Api.Importing;

/// <summary>Where valid rows go: they are staged one by one and stored all at once. Disposing without a commit stores nothing.</summary>
/// <param name="add">Stages a row; takes the number that names it, which is its line for the first row of a line.</param>
/// <param name="commit">Stores what was staged; takes the hash that names the file, and the rules of the merge.</param>
/// <param name="dispose">Gives the stage up.</param>
internal sealed class ImportSink<T>(
    Func<long, T, CancellationToken, ValueTask> add,
    Func<string, ImportRules, CancellationToken, Task<ImportCommit>> commit,
    Func<ValueTask>? dispose = null) : IAsyncDisposable
{
    /// <param name="line">Where the row's record begins.</param>
    /// <param name="position">The row's place in its record, from 0.</param>
    /// <param name="row">The row.</param>
    /// <param name="ct">Gives up.</param>
    public ValueTask AddAsync(long line, int position, T row, CancellationToken ct) => add(ImportLines.Number(line, position), row, ct);

    public async Task<ImportCommit> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct)
    {
        var done = await commit(sourceHash, rules, ct);
        return done with { Conflicts = [.. done.Conflicts.Select(conflict => conflict with { Line = ImportLines.LineOf(conflict.Line) })] };
    }

    public ValueTask DisposeAsync() => dispose?.Invoke() ?? ValueTask.CompletedTask;
}

/// <summary>What the store says to a commit; the conflicts are the first ones by line.</summary>
internal sealed record ImportCommit(bool Committed, long Accepted, long Duplicates, long ConflictCount, IReadOnlyList<ImportError> Conflicts)
{
    public long Merged { get; init; }

    public long Skipped { get; init; }

    public long Clamped { get; init; }
}
