using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>One decision about what is served.</summary>
/// <param name="Manifest">The versions of all models of the snapshot, <paramref name="ModelVersion"/> first.</param>
/// <param name="Pinned">Later runs do not replace it until it is unpinned.</param>
public sealed record Publication(
    long Sequence, int ModelVersion, IReadOnlyList<int> Manifest, bool Pinned, DateTimeOffset PublishedAt, string PublishedBy, string? Reason);

/// <summary>Append-only; the last row says what is served.</summary>
public sealed class PublicationLog
{
    private readonly Store store;

    internal PublicationLog(Store store) => this.store = store;

    public Task<Publication> AppendAsync(int modelVersion, IReadOnlyList<int> manifest, bool pinned, string publishedBy, string? reason, CancellationToken ct) =>
        store.WriteAsync(async context =>
        {
            await WaitForTurnAsync(context, ct);
            return await AddAsync(context, modelVersion, manifest, pinned, publishedBy, reason, ct);
        }, ct);

    /// <summary>Publishes unless the current publication is pinned; an operator who pins at the same moment comes before or after, never in between.</summary>
    /// <returns>The pinned publication that held it back, or null.</returns>
    public Task<Publication?> AppendUnlessPinnedAsync(int modelVersion, IReadOnlyList<int> manifest, string publishedBy, string? reason, CancellationToken ct) =>
        store.WriteAsync(async context =>
        {
            await WaitForTurnAsync(context, ct);
            if (await context.Publications.AsNoTracking().OrderByDescending(row => row.Sequence).FirstOrDefaultAsync(ct) is { Pinned: true } current)
                return current.ToPublication();
            await AddAsync(context, modelVersion, manifest, pinned: false, publishedBy, reason, ct);
            return null;
        }, ct);

    /// <summary>The last publication; null before the first.</summary>
    public async Task<Publication?> GetCurrentAsync(CancellationToken ct) => (await ListAsync(1, ct)).FirstOrDefault();

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<Publication>> ListAsync(int limit, CancellationToken ct) => store.ReadAsync<IReadOnlyList<Publication>>(async context =>
        (await context.Publications.AsNoTracking().OrderByDescending(row => row.Sequence).Take(limit).ToListAsync(ct)).ConvertAll(row => row.ToPublication()), ct);

    /// <summary>One at a time, so that the sequence ascends in the order of commits and "the last row" means the same to everyone.</summary>
    private Task WaitForTurnAsync(RecoDbContext context, CancellationToken ct) =>
        context.Leases.Locked(store.Provider, $"SELECT * FROM leases WHERE name = 'publish'").AsNoTracking().SingleAsync(ct);

    private async Task<Publication> AddAsync(
        RecoDbContext context, int modelVersion, IReadOnlyList<int> manifest, bool pinned, string publishedBy, string? reason, CancellationToken ct)
    {
        var row = new PublicationRow
        {
            ModelVersion = modelVersion,
            ManifestJson = JsonSerializer.Serialize(manifest),
            Pinned = pinned,
            PublishedAt = store.Now,
            PublishedBy = publishedBy,
            Reason = reason,
        };
        context.Add(row);
        await context.SaveChangesAsync(ct);
        return row.ToPublication();
    }
}
