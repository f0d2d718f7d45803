using RecoService.Api.Serving;
using RecoService.Engine.Data;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Stores the models of a run and publishes them as what is served.</summary>
internal sealed partial class SnapshotComposer(
    ModelStore models, PublicationLog publications, SnapshotPublisher publisher, FreshModels fresh, TrainerRegistry trainers, ILogger<SnapshotComposer> logger)
{
    /// <summary>The model that is served, on all replicas; null before the first.</summary>
    public async Task<StoredModel?> ServedAsync(CancellationToken cancellationToken) =>
        await publications.GetCurrentAsync(cancellationToken) is { } publication ? await models.GetAsync(publication.ModelVersion, cancellationToken) : null;

    /// <summary>Stores the models of a run; its metrics go with the first, which makes the lists.</summary>
    /// <returns>Their versions, in the same order.</returns>
    public async Task<IReadOnlyList<int>> StoreAsync(ModelRun run, IReadOnlyList<TrainedModel> trained, InteractionDataset dataset, CancellationToken cancellationToken)
    {
        DateTimeOffset? trainedThrough = dataset.LatestTime is { } latest ? DateTimeOffset.FromUnixTimeMilliseconds(latest) : null;
        var versions = new List<int>();
        foreach (var (recipe, model) in trained)
        {
            var stored = await models.SaveAsync(
                new NewModel(
                    run.Id, recipe.Name, trainers.Serialize(recipe.Name, recipe.Options), run.Seed, dataset.Watermark, trainedThrough, versions.Count == 0 ? run.MetricsJson : null),
                stream => ModelSerializer.Write(model, stream), cancellationToken);
            versions.Add(stored.Version);
        }

        return versions;
    }

    /// <summary>Publishes a run's models, unless an operator or another process forbids it. Once that is committed the run is published, whatever is cancelled then.</summary>
    /// <param name="run">What is known of it yet.</param>
    /// <param name="manifest">The versions, the recommender's first.</param>
    /// <param name="trained">The models of the manifest, in the same order.</param>
    /// <param name="reason">Of the run that is published.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>The run with its outcome.</returns>
    public async Task<ModelRun> PublishAsync(ModelRun run, IReadOnlyList<int> manifest, IReadOnlyList<TrainedModel> trained, string? reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Not to be cancelled in the middle, for then nobody could tell on which side of the commit.
        var result = await publications.AppendOfRunAsync(run, ProcessIdentity.Current, manifest, run.Force ? "forced" : null, CancellationToken.None);
        switch (result.Obstacle)
        {
            case PublicationObstacle.LeaseLost:
                return run with { Outcome = RunOutcome.Interrupted, Reason = "It lost its lease to another run before it could publish; nothing is published." };
            case PublicationObstacle.CancelRequested:
                return run with { Outcome = RunOutcome.Cancelled, Reason = "An operator cancelled it." };
            case PublicationObstacle.Pinned:
                return run with { Outcome = RunOutcome.Held, Reason = $"Model version {result.Pin!.ModelVersion} is pinned; unpin it, or publish version {manifest[0]}." };
            default:
                using (fresh.Hold(manifest.Zip(trained, (version, model) => (version, model.Model))))
                {
                    // Writers wait for the end of a swap, which is not for a thread that waits for everybody.
                    await TryAsync(() => Task.Run(() => publisher.PublishCurrentAsync(cancellationToken), cancellationToken), run.Id, "It is served as soon as the store is followed again");
                }

                return run with { Outcome = RunOutcome.Published, Reason = reason };
        }
    }

    /// <summary>Takes from the store the models that are too old.</summary>
    public Task DeleteOldAsync(long run, int keepRuns, CancellationToken cancellationToken) =>
        TryAsync(() => models.DeleteOldAsync(keepRuns, cancellationToken), run, "Old models stay in the store until the next run");

    /// <summary>What is left to do once a run has ended may fail, and changes nothing about how it ended.</summary>
    private async Task TryAsync(Func<Task> work, long run, string consequence)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            LogLeftUndone(run, exception.Message, consequence);
        }
    }

    [LoggerMessage(LogLevel.Warning, "After the end of model run {Run}: {Reason} {Consequence}.")]
    private partial void LogLeftUndone(long run, string reason, string consequence);
}
