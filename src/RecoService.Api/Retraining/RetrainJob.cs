using System.Text.Json;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>One model run, from the interactions in the store to the lists that are served. <see cref="RunAsync"/> tells the story.</summary>
internal sealed class RetrainJob(
    InteractionLog interactions, ModelStore models, PublicationLog publications, RunLog runs,
    SnapshotHost snapshots, SnapshotLoader loader, SnapshotPublisher publisher, TrainerRegistry trainers, RecoSettings settings)
{
    private const string Unjudged = "It could not be judged: no user has both a history and something newer that is held out.";

    private readonly RetrainingSettings retraining = settings.Retraining;
    private readonly PublishGate gate = new(settings.Retraining);

    /// <summary>Carries out a run that has been started in the log.</summary>
    /// <returns>The run with its outcome, metrics and reason; failures and cancellation are left to the caller.</returns>
    /// <exception cref="UnsoundModelException">A model holds values that are not finite; not even a forced run may publish it.</exception>
    public async Task<ModelRun> RunAsync(ModelRun run, RunProgress progress, CancellationToken cancellationToken)
    {
        var recipes = retraining.TrainerNames().Select(RecipeOf).ToList();
        run = run with { Seed = retraining.Seed, OptionsJson = Describe(recipes) };

        progress.Enter("loading");
        if (!run.Force && await IsNothingToDoAsync(run, cancellationToken))
            return run with { Outcome = RunOutcome.Skipped, Reason = "Nothing has changed since the last run." };
        var dataset = await interactions.LoadDatasetAsync(cancellationToken);
        run = run with { Watermark = dataset.Watermark };
        if (dataset.Count == 0)
            return run with { Outcome = RunOutcome.Refused, Reason = "There are no interactions to learn from." };

        var split = dataset.SplitByTime(retraining.HoldoutFraction);
        var context = new TrainingContext(ThreadCount, retraining.Seed, progress, cancellationToken);
        var judged = await JudgeAsync(recipes, split, context, progress, cancellationToken);
        run = run with { MetricsJson = Serialize(judged.Metrics) };
        if (!run.Force && gate.RefusalOf(judged.Metrics) is { } refusal)
            return run with { Outcome = RunOutcome.Refused, Reason = refusal };

        var refitted = await RefitAsync(recipes, dataset, context, progress);
        if (judged.Candidate is { } candidate)
        {
            progress.Enter("checking the refit");
            var refit = await BackgroundThread.RunAsync(() => CheckRefit(refitted[0].Model, candidate, judged, split, cancellationToken));
            run = run with { MetricsJson = Serialize(judged.Metrics with { Refit = refit }) };
            if (!run.Force && gate.RefusalOfRefit(judged.Metrics.Candidate!, refit) is { } refitRefusal)
                return run with { Outcome = RunOutcome.Refused, Reason = refitRefusal };
        }

        progress.Enter("storing");
        var manifest = await StoreAsync(run, refitted, dataset, cancellationToken);
        run = run with { ModelVersion = manifest[0] };

        progress.Enter("publishing");
        var pin = await publications.AppendUnlessPinnedAsync(manifest[0], manifest, publishedBy: $"run {run.Id}", run.Force ? "forced" : null, cancellationToken);
        if (pin is null)
            await publisher.PublishCurrentAsync(cancellationToken);
        await models.DeleteOldAsync(retraining.KeepRuns, cancellationToken);
        if (pin is not null)
            return run with { Outcome = RunOutcome.Held, Reason = $"Model version {pin.ModelVersion} is pinned; unpin it, or publish version {manifest[0]}." };
        return run with { Outcome = RunOutcome.Published, Reason = run.Force ? "The gate was overridden." : judged.Candidate is null ? Unjudged : null };
    }

    private int ThreadCount => retraining.Threads > 0 ? retraining.Threads : Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>The same interactions and options gave a model before, and that one was refused, is served, or has to wait for a pin.</summary>
    private async Task<bool> IsNothingToDoAsync(ModelRun run, CancellationToken cancellationToken)
    {
        if (await runs.GetLastTrainedAsync(cancellationToken) is not { Watermark: { } watermark } last
            || last.OptionsJson != run.OptionsJson || last.Seed != run.Seed || await interactions.HasChangedSinceAsync(watermark, cancellationToken))
        {
            return false;
        }

        if (last.Outcome == RunOutcome.Refused)
            return true;
        return await publications.GetCurrentAsync(cancellationToken) is { } current
            && snapshots.Current?.Fault is null && (current.Pinned || current.ModelVersion == last.ModelVersion);
    }

    private async Task<Judged> JudgeAsync(
        List<Recipe> recipes, TemporalSplit split, TrainingContext context, RunProgress progress, CancellationToken cancellationToken)
    {
        var holdout = HoldoutItems.From(split.Train, split.Holdout);
        var counts = new RunMetrics(
            retraining.EvaluationLimit, split.Train.Count, split.Holdout.Count, JudgedUsers: 0, holdout.StrangerCount,
            null, null, null, null, null, null, null);
        if (split.Train.Count == 0 || split.Holdout.Count == 0)
            return new Judged(counts, null, []);

        var trained = new List<(string Name, IScorer Model)>();
        foreach (var recipe in recipes)
            trained.Add((recipe.Name, await TrainAsync(recipe, split.Train, context, progress)));
        progress.Enter("evaluating");
        var candidate = trained[0].Model;
        var candidateResult = await EvaluateAsync(candidate, split.Train, holdout.Relevant, cancellationToken);
        if (candidateResult.UserCount == 0)
            return new Judged(counts, null, []);

        var popularityResult = await EvaluateAsync(trained.Find(model => model.Name == "popularity").Model, split.Train, holdout.Relevant, cancellationToken);
        var (current, versusCurrent) = await JudgeCurrentAsync(recipes[0], candidate, candidateResult, split, holdout, context, progress, cancellationToken);
        var ratings = trained.Where(model => model.Name == "squared" && split.Holdout.Ratings.NonZeroCount > 0)
            .ToDictionary(model => model.Name, model => EvaluateRatings(model.Model, split.Holdout), StringComparer.Ordinal);
        var metrics = counts with
        {
            JudgedUsers = candidateResult.UserCount,
            Candidate = ModelMetrics.Of(recipes[0].Name, candidateResult),
            Popularity = ModelMetrics.Of("popularity", popularityResult),
            VersusPopularity = DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, popularityResult)),
            Current = current,
            VersusCurrent = versusCurrent,
            Ratings = ratings.Count == 0 ? null : ratings,
        };
        return new Judged(metrics, candidate, candidateResult.Users.ToArray());
    }

    /// <summary>
    /// The served model may be judged only on what is newer than what it learned from; a model judged on its own training data always looks better than it is.
    /// Where that leaves too few users, its recorded options are retrained on the train part and stand for it.
    /// </summary>
    private async Task<(CurrentMetrics? Current, DifferenceMetrics? Versus)> JudgeCurrentAsync(
        Recipe recipe, IScorer candidate, RankingResult candidateResult, TemporalSplit split, HoldoutItems holdout,
        TrainingContext context, RunProgress progress, CancellationToken cancellationToken)
    {
        if (await publications.GetCurrentAsync(cancellationToken) is not { } publication
            || await models.GetAsync(publication.ModelVersion, cancellationToken) is not { } stored)
        {
            return default;
        }

        if (stored.TrainedThrough?.ToUnixTimeMilliseconds() is { } trainedThrough)
        {
            var later = HoldoutItems.From(split.Train, split.Holdout.Where(time => time > trainedThrough));
            var onLater = await EvaluateAsync(candidate, split.Train, later.Relevant, cancellationToken);
            if (onLater.UserCount >= retraining.MinJudgedUsers && await TryLoadAsync(stored.Version, cancellationToken) is { } model)
            {
                var served = await EvaluateAsync(model.Rebase(split.Train.Users, split.Train.Items), split.Train, later.Relevant, cancellationToken);
                return (
                    new CurrentMetrics(stored.Version, Retrained: false, served.UserCount, ModelMetrics.Of(stored.Trainer, served)),
                    DifferenceMetrics.Of(OfflineEvaluator.Compare(onLater, served)));
            }
        }

        // The same options, seed and data would only give the candidate again.
        var isSame = stored.Trainer == recipe.Name && stored.Seed == retraining.Seed && stored.OptionsJson == trainers.Serialize(recipe.Name, recipe.Options);
        if (!isSame && !trainers.Names.Contains(stored.Trainer))
            return default;
        var standIn = isSame
            ? candidateResult
            : await EvaluateAsync(
                await TrainAsync(new Recipe(stored.Trainer, trainers.Deserialize(stored.Trainer, stored.OptionsJson)), split.Train, context, progress),
                split.Train, holdout.Relevant, cancellationToken);
        return (
            new CurrentMetrics(stored.Version, Retrained: true, standIn.UserCount, ModelMetrics.Of(stored.Trainer, standIn)),
            DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, standIn)));
    }

    private async Task<IScorer?> TryLoadAsync(int version, CancellationToken cancellationToken)
    {
        try
        {
            return await loader.LoadModelAsync(version, cancellationToken);
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException)
        {
            return null;
        }
    }

    private RefitMetrics CheckRefit(IScorer refit, IScorer candidate, Judged judged, TemporalSplit split, CancellationToken cancellationToken)
    {
        var holdout = HoldoutItems.From(split.Train, split.Holdout);
        return new RefitMetrics(
            Evaluate(refit, split.Train, holdout.Relevant, cancellationToken).CoverageAtK,
            ListOverlap.Mean(candidate, refit, split.Train, judged.Users, retraining.EvaluationLimit, cancellationToken));
    }

    /// <summary>The candidate was trained without the newest interactions; what is published must have learned them too.</summary>
    private async Task<List<(Recipe Recipe, IScorer Model)>> RefitAsync(List<Recipe> recipes, InteractionDataset dataset, TrainingContext context, RunProgress progress)
    {
        var refitted = new List<(Recipe Recipe, IScorer Model)>();
        foreach (var recipe in recipes)
            refitted.Add((recipe, await TrainAsync(recipe, dataset, context, progress, "refitting")));
        return refitted;
    }

    private async Task<List<int>> StoreAsync(ModelRun run, List<(Recipe Recipe, IScorer Model)> refitted, InteractionDataset dataset, CancellationToken cancellationToken)
    {
        DateTimeOffset? trainedThrough = dataset.LatestTime is { } latest ? DateTimeOffset.FromUnixTimeMilliseconds(latest) : null;
        var versions = new List<int>();
        foreach (var (recipe, model) in refitted)
        {
            var stored = await models.SaveAsync(
                new NewModel(
                    run.Id, recipe.Name, trainers.Serialize(recipe.Name, recipe.Options), retraining.Seed, dataset.Watermark, trainedThrough,
                    recipe == refitted[0].Recipe ? run.MetricsJson : null),
                stream => ModelSerializer.Write(model, stream), cancellationToken);
            versions.Add(stored.Version);
        }

        return versions;
    }

    private Task<IScorer> TrainAsync(Recipe recipe, InteractionDataset dataset, TrainingContext context, RunProgress progress, string verb = "training")
    {
        progress.Enter($"{verb} {recipe.Name}");
        return BackgroundThread.RunAsync(() =>
        {
            var model = trainers.Create(recipe.Name, recipe.Options).Train(dataset, context);
            return model.IsSound() ? model : throw new UnsoundModelException(recipe.Name);
        });
    }

    private Task<RankingResult> EvaluateAsync(IScorer model, InteractionDataset train, SparseMatrix relevant, CancellationToken cancellationToken) =>
        BackgroundThread.RunAsync(() => Evaluate(model, train, relevant, cancellationToken));

    private RankingResult Evaluate(IScorer model, InteractionDataset train, SparseMatrix relevant, CancellationToken cancellationToken) =>
        OfflineEvaluator.EvaluateRanking(model, train, relevant, new RankingOptions(retraining.EvaluationLimit, Threads: ThreadCount), cancellationToken);

    private static RatingMetrics EvaluateRatings(IScorer model, InteractionDataset holdout)
    {
        var result = OfflineEvaluator.EvaluateRatings(model, holdout.Ratings);
        return new RatingMetrics(result.Rmse, result.Mae, result.Count, result.UnknownCount);
    }

    private Recipe RecipeOf(string name) =>
        new(name, settings.Trainers.GetValueOrDefault(name) ?? Activator.CreateInstance(trainers.OptionsTypeOf(name))!);

    private string Describe(List<Recipe> recipes) =>
        $"{{{string.Join(',', recipes.Select(recipe => $"\"{recipe.Name}\":{trainers.Serialize(recipe.Name, recipe.Options)}"))}}}";

    private static string Serialize(RunMetrics metrics) => JsonSerializer.Serialize(metrics, WireJson.Options);

    private sealed record Recipe(string Name, object Options);

    /// <param name="Metrics">What was measured.</param>
    /// <param name="Candidate">The recommender trained on the train part; null when nobody could be judged.</param>
    /// <param name="Users">The judged users.</param>
    private sealed record Judged(RunMetrics Metrics, IScorer? Candidate, int[] Users);
}
