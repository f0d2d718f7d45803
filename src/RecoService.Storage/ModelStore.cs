using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <param name="TrainedThrough">The newest interaction it learned from.</param>
/// <param name="Checksum">SHA-256 of the bytes, lower-case hexadecimal.</param>
public sealed record StoredModel(
    int Version, long? RunId, string Trainer, string OptionsJson, int Seed, string Watermark, DateTimeOffset? TrainedThrough,
    string? MetricsJson, DateTimeOffset CreatedAt, long SizeBytes, string Checksum);

public sealed record NewModel(
    long? RunId, string Trainer, string OptionsJson, int Seed, string Watermark, DateTimeOffset? TrainedThrough, string? MetricsJson);

/// <summary>Trained models as bytes, in chunks of 1 MB with one checksum over all.</summary>
public sealed class ModelStore
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>What may be served again at any moment: the last publications.</summary>
    private const int KeptPublications = 10;

    private readonly Store store;

    internal ModelStore(Store store) => this.store = store;

    /// <summary>Stores a model in one transaction, so that a process killed in the middle leaves none. <paramref name="write"/> writes to a temporary file first.</summary>
    public async Task<StoredModel> SaveAsync(NewModel model, Action<Stream> write, CancellationToken ct)
    {
        await using var spool = OpenSpool();
        write(spool);
        spool.Position = 0;
        var checksum = Convert.ToHexStringLower(await SHA256.HashDataAsync(spool, ct));
        return await store.WriteAsync(async context =>
        {
            var row = new ModelRow
            {
                RunId = model.RunId,
                Trainer = model.Trainer,
                OptionsJson = model.OptionsJson,
                Seed = model.Seed,
                Watermark = model.Watermark,
                TrainedThrough = model.TrainedThrough,
                MetricsJson = model.MetricsJson,
                CreatedAt = store.Now,
                SizeBytes = spool.Length,
                Checksum = checksum,
            };
            context.Add(row);
            await context.SaveChangesAsync(ct);
            await SaveChunksAsync(context, row.Version, spool, ct);
            return row.ToStored();
        }, ct, limit: Timeout.InfiniteTimeSpan);
    }

    private static async Task SaveChunksAsync(RecoDbContext context, int version, FileStream spool, CancellationToken ct)
    {
        spool.Position = 0;
        for (var part = 0; spool.Position < spool.Length; part++)
        {
            var content = new byte[Math.Min(ChunkBytes, spool.Length - spool.Position)];
            await spool.ReadExactlyAsync(content, ct);
            await context.ExecuteAsync(
                "INSERT INTO model_chunks (version, part, content) VALUES (@version, @part, @content)", ct,
                ("version", version), ("part", part), ("content", content));
        }
    }

    /// <summary>A model's bytes, verified before the first one is returned.</summary>
    /// <exception cref="DamagedModelException">The bytes do not match the checksum, or parts are missing.</exception>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    public Task<Stream> OpenAsync(int version, CancellationToken ct) => store.ReadSnapshotAsync<Stream>(async context =>
    {
        var row = await context.Models.AsNoTracking().SingleOrDefaultAsync(model => model.Version == version, ct)
            ?? throw new KeyNotFoundException($"There is no model of version {version}.");
        var spool = OpenSpool();
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunks = context.ModelChunks.AsNoTracking().Where(chunk => chunk.Version == version).OrderBy(chunk => chunk.Part);
            await foreach (var content in chunks.Select(chunk => chunk.Content).AsAsyncEnumerable().WithCancellation(ct))
            {
                hash.AppendData(content);
                await spool.WriteAsync(content, ct);
            }

            if (spool.Length != row.SizeBytes)
                throw new DamagedModelException(version, $"Model {version} should have {row.SizeBytes} bytes and has {spool.Length}.");
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != row.Checksum)
                throw new DamagedModelException(version, $"The bytes of model {version} do not match their checksum.");
            spool.Position = 0;
            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }, ct);

    /// <summary>Null: unknown.</summary>
    public Task<StoredModel?> GetAsync(int version, CancellationToken ct) => store.ReadAsync(async context =>
        (await context.Models.AsNoTracking().SingleOrDefaultAsync(model => model.Version == version, ct))?.ToStored(), ct);

    /// <summary>Those of some versions that are in the store, in the order of their versions.</summary>
    public Task<IReadOnlyList<StoredModel>> GetAsync(IReadOnlyCollection<int> versions, CancellationToken ct) => store.ReadAsync<IReadOnlyList<StoredModel>>(async context =>
        (await context.Models.AsNoTracking().Where(model => versions.Contains(model.Version)).OrderBy(model => model.Version).ToListAsync(ct)).ConvertAll(row => row.ToStored()), ct);

    /// <summary>Writes what a later judgement measured of a model.</summary>
    public Task SetMetricsAsync(int version, string metricsJson, CancellationToken ct) => store.WriteAsync(context =>
        context.Models.Where(model => model.Version == version).ExecuteUpdateAsync(set => set.SetProperty(model => model.MetricsJson, metricsJson), ct), ct);

    /// <summary>The models of one run, in the order they were stored.</summary>
    public Task<IReadOnlyList<StoredModel>> OfRunAsync(long runId, CancellationToken ct) => store.ReadAsync<IReadOnlyList<StoredModel>>(async context =>
        (await context.Models.AsNoTracking().Where(model => model.RunId == runId).OrderBy(model => model.Version).ToListAsync(ct)).ConvertAll(row => row.ToStored()), ct);

    /// <summary>Models, newest first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<StoredModel>> ListAsync(string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Models.AsNoTracking().Where(model => model.Version < before).OrderByDescending(model => model.Version).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToStored()), limit, model => Cursor.Encode(model.Version));
        }, ct);
    }

    /// <summary>
    /// Deletes old models and says how many. The models of the last <paramref name="keepRuns"/> runs that stored any stay, and every
    /// model that one of the last 10 publications or a pinned one names, those that no run made, and those in use elsewhere.
    /// </summary>
    /// <param name="keepRuns">At least 0.</param>
    /// <param name="inUse">Versions that stay.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    public Task<int> DeleteOldAsync(int keepRuns, IReadOnlyList<int> inUse, CancellationToken ct) => store.WriteAsync(async context =>
    {
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        // The publications stand still meanwhile, so none can name a model that is being deleted.
        await context.LockLeaseAsync(store.Provider, Leases.Publish, ct);
        var kept = await context.Models.Where(model => model.RunId != null).Select(model => model.RunId!.Value)
            .Distinct().OrderByDescending(run => run).Take(keepRuns).ToListAsync(ct);
        var recent = await context.Publications.AsNoTracking().OrderByDescending(row => row.Sequence).Take(KeptPublications).ToListAsync(ct);
        var pinned = await context.Publications.AsNoTracking().Where(row => row.Pinned).ToListAsync(ct);
        var published = recent.Concat(pinned).SelectMany(row => row.Manifest.Append(row.ModelVersion)).Concat(inUse).Distinct().ToList();

        var old = await context.Models.Where(model => model.RunId != null && !kept.Contains(model.RunId!.Value) && !published.Contains(model.Version))
            .Select(model => model.Version).ToListAsync(ct);
        await context.ModelChunks.Where(chunk => old.Contains(chunk.Version)).ExecuteDeleteAsync(ct);
        return await context.Models.Where(model => old.Contains(model.Version)).ExecuteDeleteAsync(ct);
    }, ct, limit: Timeout.InfiniteTimeSpan);

    /// <summary>A temporary file that has no name any more, so that not even a killed process leaves it behind.</summary>
    private static FileStream OpenSpool()
    {
        var spool = new FileStream(
            Path.Combine(Path.GetTempPath(), $"reco-model-{Guid.NewGuid():N}"),
            FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 1 << 16, FileOptions.Asynchronous);
        File.Delete(spool.Name);
        return spool;
    }
}
