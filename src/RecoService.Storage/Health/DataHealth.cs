using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Health;

/// <summary>What was last found out about the data.</summary>
/// <param name="AsOf">When the facts were counted.</param>
/// <param name="FactsJson">As whoever counted them wrote them.</param>
/// <param name="MeasuredAt">When the costs were measured; null: never.</param>
/// <param name="CostsJson">As whoever measured them wrote them.</param>
public sealed record StoredDataHealth(DateTimeOffset AsOf, string FactsJson, DateTimeOffset? MeasuredAt, string? CostsJson);

/// <summary>Finds out what is wrong with the data, and keeps the result so that every replica has it at once.</summary>
public sealed class DataHealth
{
    /// <summary>The most examples of a finding.</summary>
    public const int MostExamples = 20;

    /// <summary>A user or an item with fewer acts is cold.</summary>
    public const int WarmFrom = 3;

    /// <summary>No shop had a recommender before: an earlier time is a fault of units or of a clock.</summary>
    public static readonly DateTimeOffset Ancient = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Store store;

    internal DataHealth(Store store) => this.store = store;

    /// <summary>Counts everything in one consistent read. The database adds up; what is read is small, whatever the store holds.</summary>
    /// <param name="progress">Takes the part that is done, 0 to 1; null: nobody looks.</param>
    /// <param name="ct">Stops between two statements.</param>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public async Task<DataFacts> CountAsync(Action<double>? progress, CancellationToken ct)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.ReadSnapshotAsync(context => new DataFactReader(context, kinds, store.Kinds, store.Now).ReadAsync(progress, ct), ct);
    }

    /// <summary>Takes the right to compute, or renews it.</summary>
    /// <param name="holder">Who computes.</param>
    /// <param name="lease">Until when somebody who fell silent counts as gone.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>False: another computes.</returns>
    public Task<bool> TryEnterAsync(string holder, TimeSpan lease, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var row = await context.LockLeaseAsync(store.Provider, Leases.DataHealth, ct);
        if (row.Holder != holder && await context.IsTakenAsync(store.Provider, row, ct))
            return false;
        row.Holder = holder;
        row.ExpiresAt = await context.ExpiryAsync(store.Provider, lease, ct);
        await context.SaveChangesAsync(ct);
        return true;
    }, ct);

    /// <summary>Gives the right back.</summary>
    public Task LeaveAsync(string holder, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var row = await context.LockLeaseAsync(store.Provider, Leases.DataHealth, ct);
        if (row.Holder != holder)
            return;
        row.Free();
        await context.SaveChangesAsync(ct);
    }, ct);

    /// <summary>Whether somebody computes.</summary>
    public Task<bool> IsTakenAsync(CancellationToken ct) => store.ReadSnapshotAsync(async context =>
        await context.CountAsync($"SELECT count(*) FROM leases WHERE name = '{Leases.DataHealth}' AND holder IS NOT NULL AND expires_at > {store.Provider.Now}", ct) > 0, ct);

    /// <summary>Puts facts in the place of those before; the costs stay.</summary>
    public Task SaveFactsAsync(DateTimeOffset asOf, string factsJson, CancellationToken ct) => store.WriteAsync(context => context.ExecuteAsync(
        """
        INSERT INTO data_health (id, as_of, facts_json) VALUES (@id, @at, @facts)
        ON CONFLICT (id) DO UPDATE SET as_of = excluded.as_of, facts_json = excluded.facts_json
        """,
        ct, ("id", DataHealthRow.OnlyId), ("at", asOf.ToUnixTimeMilliseconds()), ("facts", factsJson)), ct);

    /// <summary>Puts costs in the place of those before, where there are facts.</summary>
    public Task SaveCostsAsync(DateTimeOffset measuredAt, string costsJson, CancellationToken ct) => store.WriteAsync(context => context.ExecuteAsync(
        "UPDATE data_health SET measured_at = @at, costs_json = @costs", ct, ("at", measuredAt.ToUnixTimeMilliseconds()), ("costs", costsJson)), ct);

    /// <summary>The last result; null before the first.</summary>
    public Task<StoredDataHealth?> FindAsync(CancellationToken ct) => store.ReadAsync(async context =>
        await context.Set<DataHealthRow>().AsNoTracking().SingleOrDefaultAsync(ct) is { } row ? new StoredDataHealth(row.AsOf, row.FactsJson, row.MeasuredAt, row.CostsJson) : null, ct);

    /// <summary>The keys of all users who act like programs.</summary>
    public Task<IReadOnlyList<int>> ProgramKeysAsync(CancellationToken ct) => store.ReadSnapshotAsync<IReadOnlyList<int>>(
        async context => await context.ReadIntsAsync("SELECT u.key FROM users u JOIN inhuman_users x ON x.user_id = u.id", ct), ct);

    /// <summary>The ids of users; those who are gone are left out.</summary>
    public Task<IReadOnlyDictionary<int, string>> IdsOfAsync(IReadOnlyCollection<int> userKeys, CancellationToken ct) => store.ReadAsync<IReadOnlyDictionary<int, string>>(
        async context => await context.Users.AsNoTracking().Where(user => userKeys.Contains(user.Key)).ToDictionaryAsync(user => user.Key, user => user.Id, ct), ct);
}
