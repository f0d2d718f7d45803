using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;
using RecoService.Storage.Operations;

namespace RecoService.Storage;

/// <summary>One decision about what is served.</summary>
/// <param name="Manifest">The versions of all models of the snapshot, <paramref name="ModelVersion"/> first; empty when it is damaged.</param>
/// <param name="Pinned">Later runs do not replace it until it is unpinned.</param>
public sealed record Publication(
    long Sequence, int ModelVersion, IReadOnlyList<int> Manifest, bool Pinned, DateTimeOffset PublishedAt, string PublishedBy, string? Reason);

/// <summary>Why the model of a run is not published.</summary>
public enum PublicationObstacle
{
    /// <summary>Another process has taken the lease, or ended the run.</summary>
    LeaseLost,

    /// <summary>An operator asked the run to stop.</summary>
    CancelRequested,

    /// <summary>The current publication is pinned.</summary>
    Pinned,

    /// <summary>Its models stand beside a recommender, and none is published.</summary>
    NoRecommender,
}

/// <param name="Obstacle">Null: it is published.</param>
/// <param name="Pin">The publication that held it back, where one did.</param>
public sealed record RunPublication(PublicationObstacle? Obstacle, Publication? Pin);

/// <summary>Append-only; the last row says what is served.</summary>
public sealed class PublicationLog
{
    private readonly Store store;

    internal PublicationLog(Store store) => this.store = store;

    public Task<Publication> AppendAsync(int modelVersion, IReadOnlyList<int> manifest, bool pinned, string publishedBy, string? reason, CancellationToken ct) =>
        store.WriteAsync(async context =>
        {
            await WaitForTurnAsync(context, ct);
            var current = await context.Publications.AsNoTracking().OrderByDescending(row => row.Sequence).FirstOrDefaultAsync(ct);
            AuditScope.Note(current is null ? null : new { current.ModelVersion, current.Pinned }, new { modelVersion, pinned });
            return await AddAsync(context, modelVersion, manifest, pinned, publishedBy, reason, ct);
        }, ct);

    /// <summary>
    /// Publishes the model of a run, in one transaction with all that forbids it, so that an operator who cancels or pins at the same moment comes before or after, and
    /// a process that has lost its lease comes too late. What the run is known by is written with it: a process killed from then on has said everything.
    /// </summary>
    /// <param name="run">What is known of it yet.</param>
    /// <param name="holder">Who took the run's lease. One that has run out is still theirs until somebody takes it, for which the same row is locked.</param>
    /// <param name="compose">Makes the versions of all models of the snapshot, the recommender's first, from those that are published now; none: there is no recommender.</param>
    /// <param name="reason">Stands in the publication.</param>
    /// <param name="ct">Leaves it open whether the publication is committed.</param>
    public Task<RunPublication> AppendOfRunAsync(ModelRun run, string holder, Func<IReadOnlyList<int>, IReadOnlyList<int>> compose, string? reason, CancellationToken ct) =>
        store.WriteAsync(async context =>
        {
            await WaitForTurnAsync(context, ct);
            var lease = await context.LockLeaseAsync(store.Provider, Leases.Retrain, ct);
            if (lease.Holder != holder || lease.RunId != run.Id)
                return new RunPublication(PublicationObstacle.LeaseLost, null);
            var row = await context.ModelRuns.Locked(store.Provider, $"SELECT * FROM model_runs WHERE id = {run.Id}").AsTracking().SingleAsync(ct);
            if (row.CancelRequested)
                return new RunPublication(PublicationObstacle.CancelRequested, null);
            var current = (await context.Publications.AsNoTracking().OrderByDescending(publication => publication.Sequence).FirstOrDefaultAsync(ct))?.ToPublication();
            if (current is { Pinned: true })
                return new RunPublication(PublicationObstacle.Pinned, current);
            if (compose(current?.Manifest ?? []) is not [var recommender, ..] manifest)
                return new RunPublication(PublicationObstacle.NoRecommender, null);
            row.MetricsJson = run.MetricsJson;
            row.OptionsJson = run.OptionsJson;
            row.Seed = run.Seed;
            row.Watermark = run.Watermark;
            row.ModelVersion = run.ModelVersion;
            await AddAsync(context, recommender, manifest, pinned: false, PublisherOf(run.Id), reason, ct);
            return new RunPublication(null, null);
        }, ct);

    /// <summary>Who published the model of a run. Keys have no blanks in their names, so no operator is called so.</summary>
    internal static string PublisherOf(long run) => $"run {run}";

    /// <summary>The last publication; null before the first.</summary>
    public async Task<Publication?> GetCurrentAsync(CancellationToken ct) => (await ListAsync(1, ct)).FirstOrDefault();

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<Publication>> ListAsync(int limit, CancellationToken ct) => store.ReadAsync<IReadOnlyList<Publication>>(async context =>
        (await context.Publications.AsNoTracking().OrderByDescending(row => row.Sequence).Take(limit).ToListAsync(ct)).ConvertAll(row => row.ToPublication()), ct);

    /// <summary>One at a time, so that the sequence ascends in the order of commits and "the last row" means the same to everyone.</summary>
    private Task WaitForTurnAsync(RecoDbContext context, CancellationToken ct) =>
        context.LockLeaseAsync(store.Provider, Leases.Publish, ct);

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
