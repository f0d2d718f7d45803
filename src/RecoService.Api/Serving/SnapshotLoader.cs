using RecoService.Api.Settings;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Builds a snapshot of a publication from the store: its models, and the users, items and histories of now.</summary>
internal sealed partial class SnapshotLoader(
    ServingFeed feed, ModelStore models, PublicationLog publications, RecommendationSettings settings, IReadOnlyList<Placement> placements, ShownItems? shown, ItemTrials trials, LiveResponsePredictor responses, CatalogueSettings catalogue, ProfileSettings profiles, RetrainingSettings retraining, PredictionSettings prediction,
    TrainerRegistry trainers, FreshModels fresh, ActiveDefinitions<IReadOnlyList<int>> versionsBeside, ILogger<SnapshotLoader> logger)
{
    private readonly CatalogueLimits limits = catalogue.ToLimits();

    /// <summary>The models that experiments want beside what is published, by their versions.</summary>
    public IReadOnlyList<int> Tried => versionsBeside.Current;

    /// <summary>The current publication; when it is damaged, the newest one before it that is whole; without any, the catalogue alone.</summary>
    /// <returns>The snapshot and the marker from which the feed goes on.</returns>
    public async Task<(Snapshot Snapshot, string Marker)> LoadCurrentAsync(CancellationToken cancellationToken)
    {
        var (beside, unserved) = await LoadTriedAsync(cancellationToken);
        var tried = new HashSet<string>(StringComparer.Ordinal);
        string? fault = null;
        foreach (var publication in await publications.ListAsync(limit: 50, cancellationToken))
        {
            // A version may stand in several publications, and the manifest of one of them only be damaged.
            if (!tried.Add($"{publication.ModelVersion}: {string.Join(',', publication.Manifest)}"))
                continue;
            try
            {
                var served = await LoadModelsAsync(publication, cancellationToken);
                var (state, marker) = await BuildStateAsync([.. served, .. beside.Where(model => served.TrueForAll(other => other.Version != model.Version))], cancellationToken);
                return (new Snapshot(publication, state, fault) { Unserved = unserved }, marker);
            }
            catch (Exception exception) when (exception is DamagedModelException or InvalidDataException or KeyNotFoundException)
            {
                fault ??= $"Model version {publication.ModelVersion} cannot be served: {exception.Message}";
                LogDamaged(publication.ModelVersion, exception.Message);
            }
        }

        var (bare, bareMarker) = await BuildStateAsync(beside, cancellationToken);
        return (new Snapshot(null, bare, fault) { Unserved = unserved }, bareMarker);
    }

    /// <summary>The catalogue by popularity, without what users did, which takes far longer to read; null where there is no catalogue.</summary>
    public async Task<ServingState?> LoadCatalogueAsync(CancellationToken cancellationToken)
    {
        var baseline = await LoadBaselineAsync(cancellationToken);
        var data = await feed.LoadAsync(cancellationToken, ServingState.LastTrainedKeyOf(baseline), withHistories: false, limits);
        return data.Items.AnyToShow ? new ServingState(baseline, data.Users, data.Items, data.Histories, Options()) : null;
    }

    private async Task<List<ServedModel>> LoadBaselineAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var version in (await publications.GetCurrentAsync(cancellationToken))?.Manifest ?? [])
            {
                if (await models.GetAsync(version, cancellationToken) is { Trainer: TrainerRegistry.Baseline })
                    return [new ServedModel(TrainerRegistry.Baseline, version, await LoadModelAsync(version, cancellationToken), ModelRoles.Recommender)];
            }
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException or KeyNotFoundException)
        {
            // The loading of the publication, which follows, says what is damaged.
        }

        return [];
    }

    /// <summary>A model in its own index space: one that this process has just made, or else from the store.</summary>
    public async Task<IScorer> LoadModelAsync(int version, CancellationToken cancellationToken)
    {
        if (fresh.Find(version) is { } made)
            return made;
        await using var stream = await models.OpenAsync(version, cancellationToken);
        return ModelSerializer.Read(stream, trainers.Formats);
    }

    private async Task<List<ServedModel>> LoadModelsAsync(Publication publication, CancellationToken cancellationToken)
    {
        if (!publication.Manifest.Contains(publication.ModelVersion))
            throw new InvalidDataException($"The manifest of publication {publication.Sequence} is damaged: it does not name the version.");
        var served = new List<ServedModel>();
        foreach (var version in publication.Manifest.Distinct())
        {
            var stored = await models.GetAsync(version, cancellationToken) ?? throw new KeyNotFoundException($"Model version {version} is not in the store.");
            // Only what answers requests is kept in memory.
            var roles = retraining.RolesOf(stored.Trainer, trainers);
            if (version == publication.ModelVersion)
                roles = ModelRoles.Recommender | (roles & ModelRoles.ColdStart);
            if (roles != ModelRoles.None)
                served.Add(new ServedModel(stored.Trainer, version, await LoadModelAsync(version, cancellationToken), roles));
        }

        return served;
    }

    /// <summary>What experiments want beside the publication. One that cannot be read keeps nothing else from being served.</summary>
    private async Task<(List<ServedModel> Models, Dictionary<int, string> Unserved)> LoadTriedAsync(CancellationToken cancellationToken)
    {
        var (beside, unserved) = (new List<ServedModel>(), new Dictionary<int, string>());
        foreach (var version in Tried)
        {
            try
            {
                var stored = await models.GetAsync(version, cancellationToken) ?? throw new KeyNotFoundException($"Model version {version} is not in the store.");
                beside.Add(new ServedModel(stored.Trainer, version, await LoadModelAsync(version, cancellationToken), ModelRoles.Tried));
            }
            catch (Exception exception) when (exception is DamagedModelException or InvalidDataException or KeyNotFoundException)
            {
                unserved.Add(version, exception.Message);
                LogUnserved(version, exception.Message);
            }
        }

        return (beside, unserved);
    }

    private async Task<(ServingState State, string Marker)> BuildStateAsync(List<ServedModel> served, CancellationToken cancellationToken)
    {
        var data = await feed.LoadAsync(cancellationToken, ServingState.LastTrainedKeyOf(served), limits: limits);
        return (new ServingState(served, data.Users, data.Items, data.Histories, Options(), data.Through, data.Attributes, data.Assignments), data.Marker);
    }

    private ServingOptions Options() => new()
    {
        RecommendUnlistedItems = settings.RecommendUnlistedItems,
        UnlistedItemMinUsers = settings.UnlistedItemMinUsers,
        NewItemShare = settings.NewItemShare,
        Placements = placements,
        Shown = shown,
        Trials = trials,
        Responses = responses,
        Profiles = profiles.ToOptions(),
        CostAttribute = prediction.CostAttribute,
        LiveHistoryLimit = settings.LiveHistoryLimit,
        RememberedLists = settings.RememberedLists,
    };

    [LoggerMessage(LogLevel.Error, "Model version {Version} of an experiment cannot be served: {Reason} Nobody takes part in the experiment until it can.")]
    private partial void LogUnserved(int version, string reason);

    [LoggerMessage(LogLevel.Error, "Model version {Version} cannot be served: {Reason} The service tries the publication before it.")]
    private partial void LogDamaged(int version, string reason);
}
