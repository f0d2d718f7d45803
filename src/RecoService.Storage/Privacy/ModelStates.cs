using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Privacy;

/// <summary>Which models there are and were served when: what a receipt is made of.</summary>
internal sealed class ModelStates
{
    private readonly StoreProvider provider;
    private readonly List<(int Version, DateTimeOffset CreatedAt, string Watermark)> stored;
    private readonly HashSet<int> served = [];
    private readonly Dictionary<int, DateTimeOffset> retired = [];
    private readonly DateTimeOffset? running;

    private ModelStates(StoreProvider provider, List<(int Version, DateTimeOffset CreatedAt, string Watermark)> stored, List<PublicationRow> publications, DateTimeOffset? running)
    {
        this.provider = provider;
        this.stored = stored;
        this.running = running;
        for (var position = 0; position < publications.Count; position++)
        {
            foreach (var version in publications[position].Manifest.Append(publications[position].ModelVersion))
            {
                if (position == publications.Count - 1)
                    served.Add(version);
                else
                    retired[version] = publications[position + 1].PublishedAt;
            }
        }
    }

    public static async Task<ModelStates> ReadAsync(RecoDbContext context, StoreProvider provider, CancellationToken ct)
    {
        var models = await context.Models.AsNoTracking().OrderBy(model => model.Version).Select(model => new { model.Version, model.CreatedAt, model.Watermark }).ToListAsync(ct);
        return new ModelStates(
            provider, models.ConvertAll(model => (model.Version, model.CreatedAt, model.Watermark)), await context.Publications.AsNoTracking().OrderBy(row => row.Sequence).ToListAsync(ct),
            await context.ModelRuns.AsNoTracking().Where(run => run.Outcome == null && run.Plan != ModelRun.JudgePlan).OrderBy(run => run.StartedAt).Select(run => (DateTimeOffset?)run.StartedAt).FirstOrDefaultAsync(ct));
    }

    /// <summary>Versions that may have learned from the user, those included that are deleted by now, ascending. A model whose training had read the erasure has not.</summary>
    public int[] LearnedFrom(ErasureRow row) =>
    [
        .. stored.Where(model => model.CreatedAt >= row.FirstSeenAt && !(provider.IsMarker(model.Watermark) && provider.PointOf(model.Watermark).Covers(row.Change)))
            .Select(model => model.Version).Concat(row.ModelVersions).Distinct().Order(),
    ];

    public Erasure ReceiptOf(ErasureRow row, IReadOnlyCollection<int> tried) => new(
        row.Id, row.UserKey, row.RequestedAt, row.SettledAt, row.RetrainDueAt, row.RetrainAskedAt, row.Deleted,
        [.. LearnedFrom(row).Select(version => StateOf(version, served.Contains(version) || tried.Contains(version)))])
    {
        IsBeingLearned = running <= row.RequestedAt,
    };

    private LearnedModel StateOf(int version, bool isServed) => new(
        version, stored.Exists(model => model.Version == version), isServed, !isServed && retired.TryGetValue(version, out var at) ? at : null);
}
