using RecoService.Storage;

namespace RecoService.Api.Importing;

/// <summary>Where valid rows go: they are staged one by one and stored all at once. Disposing without a commit stores nothing.</summary>
/// <param name="add">Stages the row of a line.</param>
/// <param name="commit">Stores what was staged; takes the hash that names the file, and the rules of the merge.</param>
/// <param name="dispose">Gives the stage up.</param>
internal sealed class ImportSink<T>(
    Func<long, T, CancellationToken, ValueTask> add,
    Func<string, ImportRules, CancellationToken, Task<ImportCommit>> commit,
    Func<ValueTask>? dispose = null) : IAsyncDisposable
{
    public ValueTask AddAsync(long line, T row, CancellationToken ct) => add(line, row, ct);

    public Task<ImportCommit> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct) => commit(sourceHash, rules, ct);

    public ValueTask DisposeAsync() => dispose?.Invoke() ?? ValueTask.CompletedTask;
}

/// <summary>What the store says to a commit; the conflicts are the first ones by line.</summary>
internal sealed record ImportCommit(bool Committed, long Accepted, long Duplicates, long ConflictCount, IReadOnlyList<ImportError> Conflicts)
{
    public long Merged { get; init; }

    public long Skipped { get; init; }
}
