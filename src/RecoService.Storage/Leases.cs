using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>What one replica at a time does, and by whose clock: the database's, for those of the replicas may differ.</summary>
internal static class Leases
{
    public const string Retrain = "retrain";
    public const string Publish = "publish";
    public const string Rules = "rules";
    public const string Experiments = "experiments";
    public const string Attribution = "attribution";
    public const string SessionKeys = "session-keys";
    public const string DataHealth = "data-health";
    public const string Erasures = "erasures";
    public const string ApiKeys = "api-keys";
    public const string Configuration = "configuration";

    /// <summary>The lease, locked until the transaction ends.</summary>
    public static Task<LeaseRow> LockLeaseAsync(this RecoDbContext context, StoreProvider provider, string name, CancellationToken ct) =>
        context.Leases.Locked(provider, $"SELECT * FROM leases WHERE name = {name}").AsTracking().SingleAsync(ct);

    /// <summary>When a lease runs out that is taken or renewed now.</summary>
    public static async Task<DateTimeOffset> ExpiryAsync(this RecoDbContext context, StoreProvider provider, TimeSpan lease, CancellationToken ct) =>
        await context.DatabaseTimeAsync(provider, ct) + lease;

    /// <summary>Somebody holds it, and it has not run out.</summary>
    public static async Task<bool> IsTakenAsync(this RecoDbContext context, StoreProvider provider, LeaseRow lease, CancellationToken ct) =>
        lease.Holder is not null && lease.ExpiresAt > await context.DatabaseTimeAsync(provider, ct);

    private static async Task<DateTimeOffset> DatabaseTimeAsync(this RecoDbContext context, StoreProvider provider, CancellationToken ct) =>
        DateTimeOffset.FromUnixTimeMilliseconds(await context.CountAsync($"SELECT {provider.Now}", ct));
}
