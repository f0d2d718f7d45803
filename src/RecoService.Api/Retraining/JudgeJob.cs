using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>
/// A run that trains nothing to be served: judges a stored model beside what serves and popularity, on what is newer than all that the model has learned. For models that
/// were made elsewhere, wait to be published, or stand beside the recommender.
/// </summary>
internal sealed class JudgeJob(
    InteractionLog interactions, ModelStore models, SnapshotLoader loader, SnapshotComposer composer, ModelTraining training, ModelJudge judge, TrainerRegistry trainers, ShopSettings settings,
    TimeProvider time)
{
    private readonly PublishGate gate = new(settings.Retraining);

    /// <summary>Carries out a run that has been started in the log. Publishes nothing: a model that the gate lets pass is held until an operator publishes it.</summary>
    /// <exception cref="TrainingException">There is nothing to judge it on; the message says why.</exception>
    public async Task<ModelRun> RunAsync(ModelRun run, RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter("loading");
        var (stored, model) = await LoadAsync(run.ModelVersion ?? 0, cancellationToken);
        run = run with { Seed = settings.Retraining.Seed, OptionsJson = $"{{\"{stored.Trainer}\":{stored.OptionsJson}}}" };
        var dataset = await interactions.LoadDatasetAsync(cancellationToken, withContent: true, settings.Retraining.LearnFromExcludedUsers, settings.ExposuresAt(time.GetUtcNow()));
        run = run with { Watermark = dataset.Watermark };
        var split = SplitBehind(stored, dataset);
        var context = training.NewContext(TrainingPlan.Of(settings, trainers, ModelRun.DefaultPlan, isFirstModel: true), progress, cancellationToken);
        var baseline = TrainerRegistry.Baseline;
        var popularity = new Recipe(baseline, trainers.OptionsOf(baseline, settings.Trainers));
        var recipe = new Recipe(stored.Trainer, trainers.Deserialize(stored.Trainer, stored.OptionsJson));
        var served = await composer.ServedAsync(cancellationToken);
        var judgement = await judge.JudgeAsync(
            [
                new TrainedModel(recipe, model.Rebase(split.Train.Users, split.Train.Items)) { IsForeign = true },
                new TrainedModel(popularity, training.Train(popularity, split.Train, context, progress, "training")),
            ],
            split, served?.Version == stored.Version ? null : served, context, progress);
        if (!judgement.IsJudged)
        {
            throw new TrainingException(
                $"Model version {stored.Version} has learned through {stored.TrainedThrough:yyyy-MM-ddTHH:mm:ssZ}, and no user whom it knows has taken up anything new since. Judge it again later.");
        }

        run = run with { MetricsJson = judgement.Metrics.ToJson() };
        // What the run that made a model measured stays: how many users judged what is served decides whether a later model is held.
        if (stored.MetricsJson is null)
            await models.SetMetricsAsync(stored.Version, run.MetricsJson, cancellationToken);
        if (gate.RefusalOf(judgement.Metrics) is { } refusal)
            return run with { Outcome = RunOutcome.Refused, Reason = refusal };
        return run with
        {
            Outcome = RunOutcome.Held,
            Reason = served?.Version == stored.Version ? "It is served already."
                : $"{gate.HoldOf(judgement.Metrics, RunMetrics.JudgedUsersOf(served)) ?? "It passes the gate."} Publish version {stored.Version} by hand, if it is to serve.",
        };
    }

    private async Task<(StoredModel Stored, Engine.Models.IScorer Model)> LoadAsync(int version, CancellationToken cancellationToken)
    {
        if (await models.GetAsync(version, cancellationToken) is not { } stored)
            throw new TrainingException($"There is no model of version {version} any more.");
        try
        {
            return trainers.Names.Contains(stored.Trainer)
                ? (stored, await loader.LoadModelAsync(version, cancellationToken))
                : throw new TrainingException($"Its trainer '{stored.Trainer}' is not installed, so nobody knows its options.");
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException)
        {
            throw new TrainingException(exception.Message);
        }
    }

    /// <summary>A model judged on its own training data always looks better than it is.</summary>
    private HoldoutSplit SplitBehind(StoredModel stored, Engine.Data.InteractionDataset dataset)
    {
        var cut = (stored.TrainedThrough?.ToUnixTimeMilliseconds() ?? throw new TrainingException($"Nobody knows through which time model version {stored.Version} has learned, so nothing can judge it.")) + 1;
        var split = Splits.AtTime(dataset, cut);
        return new HoldoutSplit(split.Train, split.Holdout, cut);
    }
}
