using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;
using RecoService.Storage.Operations;

namespace RecoService.Storage;

/// <summary>One revision of a merchandising rule or an experiment.</summary>
/// <param name="Revision">Ascends over all of its kind in the order of commits; 1 or more.</param>
/// <param name="Id">1 to 256 characters.</param>
/// <param name="Definition">A JSON object as text; null: this revision deletes it.</param>
/// <param name="ChangedAt">When it was stored.</param>
public sealed record StoredDefinition(long Revision, string Id, string? Definition, DateTimeOffset ChangedAt);

/// <summary>The definitions of a kind as they stand after a revision. Never changes.</summary>
/// <param name="All">The last revision of each that is not deleted, by id in ordinal order.</param>
/// <param name="LastRevision">The last revision of all, deletions included; 0 where there is none.</param>
public sealed record StoredDefinitions(IReadOnlyList<StoredDefinition> All, long LastRevision)
{
    public static StoredDefinitions None { get; } = new([], 0);
}

/// <summary>What is defined is not in the state that a write expects.</summary>
/// <param name="what">As a message names it: rule, or experiment.</param>
/// <param name="id">Which of them.</param>
/// <param name="last">Its last revision, which may be a deletion; null: it never was.</param>
public sealed class DefinitionConflictException(string what, string id, StoredDefinition? last) : Exception(last switch
{
    null => $"There is no {what} '{id}'.",
    { Definition: null } => $"The {what} '{id}' is deleted, by revision {last.Revision}.",
    _ => $"The last revision of the {what} '{id}' is {last.Revision}.",
})
{
    public string Id => id;

    public StoredDefinition? Last => last;

    /// <summary>There is no such definition now.</summary>
    public bool IsMissing => last?.Definition is null;
}

/// <summary>Merchandising rules or experiments, append-only: the current ones are the last revision of each id that has a definition.</summary>
public abstract class DefinitionLog
{
    /// <summary>The most characters of an id.</summary>
    public const int MostIdCharacters = 256;

    private protected DefinitionLog()
    {
    }

    /// <summary>Stores the next revision.</summary>
    /// <param name="id">1 to 256 characters.</param>
    /// <param name="definition">A JSON object as text; null deletes it.</param>
    /// <param name="expectedRevision">The last revision of this id; 0: there is none now. Null: whatever it is.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>The new revision.</returns>
    /// <exception cref="DefinitionConflictException">Another revision is the last one, or what is to be deleted is not there.</exception>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public abstract Task<StoredDefinition> AppendAsync(string id, string? definition, long? expectedRevision, CancellationToken ct);

    /// <summary>Stores the next revision, if nothing was stored since the definitions were read that it depends on.</summary>
    /// <param name="seen">The last revision of all when they were read.</param>
    /// <param name="id">1 to 256 characters.</param>
    /// <param name="definition">A JSON object as text; null deletes it.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>Null where something was stored since, and nothing was changed.</returns>
    /// <exception cref="DefinitionConflictException">What is to be deleted is not there.</exception>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public abstract Task<StoredDefinition?> AppendAfterAsync(long seen, string id, string? definition, CancellationToken ct);

    /// <summary>The current definitions, and how far they go: one statement, so that both are of one moment.</summary>
    public abstract Task<StoredDefinitions> LoadAsync(CancellationToken ct);

    /// <summary>The last revision of all; 0 where there is none.</summary>
    public abstract Task<long> LastRevisionAsync(CancellationToken ct);

    /// <summary>All that one was, the newest first; none for one that never was.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public abstract Task<Page<StoredDefinition>> RevisionsAsync(string id, string? cursor, int limit, CancellationToken ct);
}

/// <inheritdoc/>
/// <param name="store">The database.</param>
/// <param name="lease">Lets one write at a time.</param>
/// <param name="what">As messages name it.</param>
internal sealed class DefinitionLog<TRow>(Store store, string lease, string what) : DefinitionLog
    where TRow : DefinitionRow, new()
{
    /// <inheritdoc/>
    public override async Task<StoredDefinition> AppendAsync(string id, string? definition, long? expectedRevision, CancellationToken ct) =>
        (await AppendAsync(id, definition, expectedRevision, seen: null, ct))!;

    /// <inheritdoc/>
    public override Task<StoredDefinition?> AppendAfterAsync(long seen, string id, string? definition, CancellationToken ct) => AppendAsync(id, definition, null, seen, ct);

    private Task<StoredDefinition?> AppendAsync(string id, string? definition, long? expectedRevision, long? seen, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, MostIdCharacters, nameof(id));
        return store.WriteAsync<StoredDefinition?>(async context =>
        {
            // One at a time, so that revisions become visible in their order and nobody who has seen one misses an earlier one.
            await context.LockLeaseAsync(store.Provider, lease, ct);
            var all = context.Set<TRow>();
            if (seen is { } expectedLast && await all.MaxAsync(row => (long?)row.Revision, ct) is var lastOfAll && (lastOfAll ?? 0) != expectedLast)
                return null;
            var last = await all.AsNoTracking().Where(row => row.DefinitionId == id).OrderByDescending(row => row.Revision).FirstOrDefaultAsync(ct);
            var isExpected = expectedRevision switch
            {
                null => true,
                0 => last?.Definition is null,
                _ => expectedRevision == last?.Revision,
            };
            if (!isExpected || (definition is null && last?.Definition is null))
                throw new DefinitionConflictException(what, id, last?.ToStored());
            AuditScope.NoteDefinition(id, last?.Definition, definition);
            var row = new TRow { DefinitionId = id, Definition = definition, ChangedAt = store.Now };
            context.Add(row);
            await context.SaveChangesAsync(ct);
            return row.ToStored();
        }, ct);
    }

    /// <inheritdoc/>
    public override Task<StoredDefinitions> LoadAsync(CancellationToken ct) => store.ReadAsync(async context =>
    {
        var all = context.Set<TRow>();
        var last = await all.AsNoTracking().Where(row => !all.Any(later => later.DefinitionId == row.DefinitionId && later.Revision > row.Revision)).ToListAsync(ct);
        return last.Count == 0
            ? StoredDefinitions.None
            : new StoredDefinitions(
                [.. last.Where(row => row.Definition is not null).OrderBy(row => row.DefinitionId, StringComparer.Ordinal).Select(row => row.ToStored())],
                last.Max(row => row.Revision));
    }, ct);

    /// <inheritdoc/>
    public override Task<long> LastRevisionAsync(CancellationToken ct) =>
        store.ReadAsync(async context => await context.Set<TRow>().MaxAsync(row => (long?)row.Revision, ct) ?? 0, ct);

    /// <inheritdoc/>
    public override Task<Page<StoredDefinition>> RevisionsAsync(string id, string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Set<TRow>().AsNoTracking()
                .Where(row => row.DefinitionId == id && row.Revision < before).OrderByDescending(row => row.Revision).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToStored()), limit, stored => Cursor.Encode(stored.Revision));
        }, ct);
    }
}
