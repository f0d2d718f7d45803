using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Engine.Data;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Stores the models of a run and publishes them as what is served.</summary>
internal sealed partial class SnapshotComposer(
    ModelStore models, PublicationLog publications, DefinitionLog experiments, SnapshotHost snapshots, SnapshotLoader loader, SnapshotPublisher publisher, FreshModels fresh, TrainerRegistry trainers,
    RetrainingSettings settings, ILogger<SnapshotComposer> logger)
{
    public const string NoRecommender = "Its models stand beside a recommender, and none is published yet.";

    /// <summary>The model that is served, on all replicas; null before the first.</summary>
    public async Task<StoredModel?> ServedAsync(CancellationToken cancellationToken) =>
        await publications.GetCurrentAsync(cancellationToken) is { } publication ? await models.GetAsync(publication.ModelVersion, cancellationToken) : null;

    /// <summary>What is served when an operator publishes a model: it makes the lists, the others of its run stand behind it, and models of other plans stay.</summary>
    public async Task<IReadOnlyList<int>> ManifestOfAsync(StoredModel model, CancellationToken cancellationToken)
    {
        if (model.RunId is not { } run)
        {
            // A model that came alone has nothing of its own to stand behind it: it takes the place of the recommender among what is published.
            var recommender = (await publications.GetCurrentAsync(cancellationToken))?.ModelVersion;
            return [.. (await KeptAsync(plan: null, cancellationToken)).Where(version => version != recommender).Prepend(model.Version).Distinct()];
        }

        var ofRun = (await models.OfRunAsync(run, cancellationToken)).Select(other => other.Version);
        return [.. ofRun.Prepend(model.Version).Concat(await KeptAsync(settings.PlanOf(model.Trainer), cancellationToken)).Distinct()];
    }

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
    /// <param name="versions">Of its models, the recommender's first.</param>
    /// <param name="trained">Its models, in the same order.</param>
    /// <param name="reason">Of the run that is published.</param>
    /// <param name="cancellationToken">Counts until the commit begins.</param>
    /// <returns>The run with its outcome.</returns>
    public async Task<ModelRun> PublishAsync(ModelRun run, IReadOnlyList<int> versions, IReadOnlyList<TrainedModel> trained, string? reason, CancellationToken cancellationToken)
    {
        var kept = await KeptAsync(run.Plan, cancellationToken);
        IReadOnlyList<int> Compose(IReadOnlyList<int> current) =>
            run.Plan == ModelRun.DefaultPlan ? [.. versions, .. current.Where(kept.Contains)]
            : current is [var recommender, ..] ? [recommender, .. current.Skip(1).Where(kept.Contains), .. versions]
            : [];

        cancellationToken.ThrowIfCancellationRequested();
        // Not to be cancelled in the middle, for then nobody could tell on which side of the commit.
        var result = await publications.AppendOfRunAsync(run, ProcessIdentity.Current, Compose, run.Force ? "forced" : null, CancellationToken.None);
        switch (result.Obstacle)
        {
            case PublicationObstacle.LeaseLost:
                return run with { Outcome = RunOutcome.Interrupted, Reason = "It lost its lease to another run before it could publish; nothing is published." };
            case PublicationObstacle.CancelRequested:
                return run with { Outcome = RunOutcome.Cancelled, Reason = "An operator cancelled it." };
            case PublicationObstacle.Pinned:
                return run with { Outcome = RunOutcome.Held, Reason = $"Model version {result.Pin!.ModelVersion} is pinned; unpin it, or publish version {versions[0]}." };
            case PublicationObstacle.NoRecommender:
                return run with { Outcome = RunOutcome.Skipped, Reason = NoRecommender };
            default:
                using (fresh.Hold(versions.Zip(trained, (version, model) => (version, model.Model))))
                {
                    // Writers wait for the end of a swap, which is not for a thread that waits for everybody.
                    await TryAsync(() => Task.Run(() => publisher.PublishCurrentAsync(cancellationToken), cancellationToken), run.Id, "It is served as soon as the store is followed again");
                }

                return run with { Outcome = RunOutcome.Published, Reason = reason };
        }
    }

    /// <summary>The published models that the run of a plan leaves in their places: those of other plans, as long as they can be read. Without a plan, all.</summary>
    /// <returns>Their versions, in the order in which they are asked.</returns>
    private async Task<IReadOnlyList<int>> KeptAsync(string? plan, CancellationToken cancellationToken)
    {
        var manifest = (await publications.GetCurrentAsync(cancellationToken))?.Manifest ?? [];
        var trainerOf = (await models.GetAsync(manifest, cancellationToken)).ToDictionary(stored => stored.Version, stored => stored.Trainer);
        var kept = new List<int>();
        foreach (var version in manifest)
        {
            if (trainerOf.TryGetValue(version, out var trainer) && settings.PlanOf(trainer) != plan && await IsReadableAsync(version, cancellationToken))
                kept.Add(version);
        }

        return kept;
    }

    /// <summary>A model that is damaged, or of an earlier version of this program, would keep what it is published with from being served.</summary>
    private async Task<bool> IsReadableAsync(int version, CancellationToken cancellationToken)
    {
        if (snapshots.Current?.State.Models.Any(model => model.Version == version) == true)
            return true;
        try
        {
            _ = await loader.LoadModelAsync(version, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException or KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Takes from the store the models that are too old and that no experiment names.</summary>
    public Task DeleteOldAsync(long run, int keepRuns, CancellationToken cancellationToken) => TryAsync(
        async () => await models.DeleteOldAsync(keepRuns, ExperimentDefinition.ModelVersionsOf(await experiments.LoadAsync(cancellationToken)), cancellationToken),
        run, "Old models stay in the store until the next run");

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
