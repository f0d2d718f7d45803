using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>One revision of a merchandising rule.</summary>
/// <param name="Revision">Ascends over all rules in the order of commits; 1 or more.</param>
/// <param name="RuleId">1 to 256 characters.</param>
/// <param name="Definition">A JSON object as text; null: this revision deletes the rule.</param>
/// <param name="ChangedAt">When it was stored.</param>
public sealed record StoredRule(long Revision, string RuleId, string? Definition, DateTimeOffset ChangedAt);

/// <summary>The rules as they stand after a revision. Never changes.</summary>
/// <param name="Rules">The last revision of each rule that is not deleted, by id in ordinal order.</param>
/// <param name="LastRevision">The last revision of all, deletions included; 0 where there is none.</param>
public sealed record StoredRules(IReadOnlyList<StoredRule> Rules, long LastRevision)
{
    public static StoredRules None { get; } = new([], 0);
}

/// <summary>The rule is not in the state that a write expects.</summary>
/// <param name="ruleId">The rule.</param>
/// <param name="last">Its last revision, which may be a deletion; null: it never was.</param>
public sealed class RuleConflictException(string ruleId, StoredRule? last) : Exception(last switch
{
    null => $"There is no rule '{ruleId}'.",
    { Definition: null } => $"The rule '{ruleId}' is deleted, by revision {last.Revision}.",
    _ => $"The last revision of the rule '{ruleId}' is {last.Revision}.",
})
{
    public string RuleId => ruleId;

    public StoredRule? Last => last;

    /// <summary>There is no such rule now.</summary>
    public bool IsMissing => last?.Definition is null;
}

/// <summary>Merchandising rules, append-only: the current rules are the last revision of each id that has a definition.</summary>
public sealed class RuleStore
{
    /// <summary>The most characters of a rule's id.</summary>
    public const int MostIdCharacters = 256;

    private readonly Store store;

    internal RuleStore(Store store) => this.store = store;

    /// <summary>Stores the next revision of a rule.</summary>
    /// <param name="ruleId">1 to 256 characters.</param>
    /// <param name="definition">A JSON object as text; null deletes the rule.</param>
    /// <param name="expectedRevision">The last revision of this rule; 0: there is none now. Null: whatever it is.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>The new revision.</returns>
    /// <exception cref="RuleConflictException">Another revision is the last one, or what is to be deleted is not there.</exception>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<StoredRule> AppendAsync(string ruleId, string? definition, long? expectedRevision, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(ruleId);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ruleId.Length, MostIdCharacters, nameof(ruleId));
        return store.WriteAsync(async context =>
        {
            // One at a time, so that revisions become visible in their order and nobody who has seen one misses an earlier one.
            await context.LockLeaseAsync(store.Provider, Leases.Rules, ct);
            var last = await context.Rules.AsNoTracking().Where(row => row.RuleId == ruleId).OrderByDescending(row => row.Revision).FirstOrDefaultAsync(ct);
            var isExpected = expectedRevision switch
            {
                null => true,
                0 => last?.Definition is null,
                _ => expectedRevision == last?.Revision,
            };
            if (!isExpected || (definition is null && last?.Definition is null))
                throw new RuleConflictException(ruleId, last?.ToStored());
            var row = new RuleRow { RuleId = ruleId, Definition = definition, ChangedAt = store.Now };
            context.Add(row);
            await context.SaveChangesAsync(ct);
            return row.ToStored();
        }, ct);
    }

    /// <summary>The current rules, and how far they go: one statement, so that both are of one moment.</summary>
    public Task<StoredRules> LoadAsync(CancellationToken ct) => store.ReadAsync(async context =>
    {
        var last = await context.Rules.AsNoTracking()
            .Where(row => !context.Rules.Any(later => later.RuleId == row.RuleId && later.Revision > row.Revision)).ToListAsync(ct);
        return last.Count == 0
            ? StoredRules.None
            : new StoredRules(
                [.. last.Where(row => row.Definition is not null).OrderBy(row => row.RuleId, StringComparer.Ordinal).Select(row => row.ToStored())],
                last.Max(row => row.Revision));
    }, ct);

    /// <summary>The last revision of all; 0 where there is none.</summary>
    public Task<long> LastRevisionAsync(CancellationToken ct) =>
        store.ReadAsync(async context => await context.Rules.MaxAsync(row => (long?)row.Revision, ct) ?? 0, ct);

    /// <summary>All that a rule was, the newest first; none for a rule that never was.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<StoredRule>> RevisionsAsync(string ruleId, string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Rules.AsNoTracking()
                .Where(row => row.RuleId == ruleId && row.Revision < before).OrderByDescending(row => row.Revision).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToStored()), limit, rule => Cursor.Encode(rule.Revision));
        }, ct);
    }
}
