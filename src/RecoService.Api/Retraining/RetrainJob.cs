using System.Text.Json;
using RecoService.Api.Hosting;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Wire;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>
/// One model run, from the interactions in the store to the lists that are served. <see cref="RunAsync"/> tells the story. It computes for seconds or minutes on
/// the thread that calls it, which should be a <see cref="BackgroundThread"/>.
/// </summary>
internal sealed partial class RetrainJob(
    InteractionLog interactions, ModelStore models, PublicationLog publications, RunLog runs, SnapshotHost snapshots, SnapshotLoader loader,
    SnapshotPublisher publisher, TrainerRegistry trainers, RecoSettings settings, TimeProvider time, ILogger<RetrainJob> logger)
{
    private const string Unjudged = "It could not be judged: no user has both a history and something newer that is held out.";

    private readonly RetrainingSettings retraining = settings.Retraining;
    private readonly PublishGate gate = new(settings.Retraining);
    private readonly RecommenderChooser chooser = new(trainers, settings.Retraining, time);

    /// <summary>Carries out a run that has been started in the log.</summary>
    /// <returns>The run with its outcome, metrics and reason; failures and cancellation are left to the caller. Once its publication is committed it is published,
    /// whatever is cancelled then.</returns>
    /// <exception cref="UnsoundModelException">A model holds values that are not finite; not even a forced run may publish it.</exception>
    public async Task<ModelRun> RunAsync(ModelRun run, RunProgress progress, CancellationToken cancellationToken)
    {
        var recipes = retraining.TrainerNames().Select(RecipeOf).ToList();
        List<Recipe> candidates = retraining.PicksRecommender() ? [.. retraining.CandidateNames(trainers).Select(RecipeOf)] : [];
        run = run with { Seed = retraining.Seed, OptionsJson = Describe(recipes, candidates) };

        var memory = new TrainingMemory(retraining.MemoryLimitMiB > 0 ? (long)retraining.MemoryLimitMiB << 20 : TrainingMemory.DefaultLimit);
        progress.Enter("loading");
        if (!run.Force && await IsNothingToDoAsync(run, cancellationToken))
            return run with { Outcome = RunOutcome.Skipped, Reason = "Nothing has changed since the last run." };
        var dataset = await interactions.LoadDatasetAsync(cancellationToken, withContent: true);
        run = run with { Watermark = dataset.Watermark };
        if (dataset.Count == 0)
            return run with { Outcome = RunOutcome.Refused, Reason = "There are no interactions to learn from." };

        var split = HoldoutCut.Of(dataset, retraining.HoldoutFraction, retraining.MinJudgedUsers, retraining.Seed);
        var served = await ServedAsync(cancellationToken);
        var context = new TrainingContext(ThreadCount, retraining.Seed, progress, cancellationToken, memory);
        var selection = candidates.Count == 0 ? null : Choose(candidates, recipes, split.Train, context, progress);
        var judged = await JudgeAsync(recipes, split, served, context, progress, cancellationToken);
        judged = judged with { Metrics = judged.Metrics with { Selection = selection } };
        run = run with { MetricsJson = Serialize(judged.Metrics) };
        if (!run.Force && gate.RefusalOf(judged.Metrics) is { } refusal)
            return run with { Outcome = RunOutcome.Refused, Reason = refusal };
        var hold = run.Force ? null : gate.HoldOf(judged.Metrics, JudgedUsersOf(served));

        // The candidate was trained without the newest interactions; what is published must have learned them too.
        var (refitted, leftOut) = TrainAll(recipes, dataset, context, progress, "refitting");
        judged = judged with { Metrics = judged.Metrics with { LeftOut = leftOut } };
        run = run with { MetricsJson = Serialize(judged.Metrics) };
        if (judged.Candidate is { } candidate)
        {
            progress.Enter("checking the refit");
            var refit = CheckRefit(refitted[0].Model, candidate, judged, split, cancellationToken);
            run = run with { MetricsJson = Serialize(judged.Metrics with { Refit = refit }) };
            if (!run.Force && gate.RefusalOfRefit(judged.Metrics.Candidate!, refit) is { } refitRefusal)
                return run with { Outcome = RunOutcome.Refused, Reason = refitRefusal };
        }

        progress.Enter("storing");
        var manifest = await StoreAsync(run, refitted, dataset, cancellationToken);
        run = run with { ModelVersion = manifest[0] };

        progress.Enter("publishing");
        run = hold is not null
            ? run with { Outcome = RunOutcome.Held, Reason = $"{hold} Publish version {manifest[0]} by hand, or run with force, if it is to serve." }
            : await PublishAsync(run, manifest, run.Force ? "The gate was overridden." : judged.Candidate is null ? Unjudged : null, cancellationToken);
        await TryAsync(() => models.DeleteOldAsync(retraining.KeepRuns, cancellationToken), run.Id, "Old models stay in the store until the next run");
        return run;
    }

    private async Task<ModelRun> PublishAsync(ModelRun run, List<int> manifest, string? reason, CancellationToken cancellationToken)
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
                // Writers wait for the end of a swap, which is not for a thread that waits for everybody.
                await TryAsync(() => Task.Run(() => publisher.PublishCurrentAsync(cancellationToken), cancellationToken), run.Id, "It is served as soon as the store is followed again");
                return run with { Outcome = RunOutcome.Published, Reason = reason };
        }
    }

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

    /// <summary>The model that is served, on all replicas; null before the first.</summary>
    private async Task<StoredModel?> ServedAsync(CancellationToken cancellationToken) =>
        await publications.GetCurrentAsync(cancellationToken) is { } publication ? await models.GetAsync(publication.ModelVersion, cancellationToken) : null;

    private static int JudgedUsersOf(StoredModel? model) => RunMetrics.Read(model?.MetricsJson)?.JudgedUsers ?? 0;

    private int ThreadCount => retraining.Threads > 0 ? retraining.Threads : Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>The same interactions and options gave a model before, and that one was refused, is served, or has to wait.</summary>
    private async Task<bool> IsNothingToDoAsync(ModelRun run, CancellationToken cancellationToken)
    {
        if (await runs.GetLastTrainedAsync(cancellationToken) is not { Watermark: { } watermark } last
            || last.OptionsJson != run.OptionsJson || last.Seed != run.Seed || await interactions.HasChangedSinceAsync(watermark, cancellationToken))
        {
            return false;
        }

        if (last.Outcome == RunOutcome.Refused)
            return true;
        if (last.Outcome == RunOutcome.Held && RunMetrics.Read(last.MetricsJson) is { } metrics && gate.HoldOf(metrics, JudgedUsersOf(await ServedAsync(cancellationToken))) is not null)
            return true;
        return await publications.GetCurrentAsync(cancellationToken) is { } current
            && snapshots.Current?.Fault is null && (current.Pinned || current.ModelVersion == last.ModelVersion);
    }

    /// <summary>Puts the recommender that suits the train part first among the recipes.</summary>
    private IReadOnlyList<SelectionMetrics> Choose(
        List<Recipe> candidates, List<Recipe> recipes, InteractionDataset train, TrainingContext context, RunProgress progress)
    {
        progress.Enter("choosing");
        var selection = chooser.Choose([.. candidates.Select(candidate => new RecommenderCandidate(candidate.Name, candidate.Options))], train, context, progress);
        var chosen = selection is null ? RecipeOf(TrainerRegistry.Baseline) : new Recipe(selection.Best.Trainer, selection.Best.Options);
        recipes.RemoveAll(recipe => recipe.Name == chosen.Name);
        recipes.Insert(0, chosen);
        return selection is null ? [] : [.. selection.Rows.Select(SelectionMetrics.Of)];
    }

    private async Task<Judged> JudgeAsync(
        List<Recipe> recipes, HoldoutSplit split, StoredModel? served, TrainingContext context, RunProgress progress, CancellationToken cancellationToken)
    {
        var holdout = HoldoutItems.From(split.Train, split.Holdout);
        var counts = new RunMetrics(
            retraining.EvaluationLimit, split.Train.Count, split.Holdout.Count, JudgedUsers: 0, holdout.StrangerCount,
            null, null, null, null, null, null, null)
        {
            HoldoutSince = split.CutTime is { } cut ? DateTimeOffset.FromUnixTimeMilliseconds(cut) : null,
        };
        if (split.Train.Count == 0 || split.Holdout.Count == 0)
            return new Judged(counts, null, []);

        // What only stands behind is judged by nobody, unless it predicts ratings and there are some.
        var (trained, leftOut) = TrainAll([.. recipes.Where(recipe => recipe == recipes[0] || recipe.Name == TrainerRegistry.Baseline || PredictsRatingsOf(recipe, split))], split.Train, context, progress, "training");
        counts = counts with { LeftOut = leftOut };
        progress.Enter("evaluating");
        var candidate = trained[0].Model;
        var candidateResult = Evaluate(candidate, split.Train, holdout.Relevant, cancellationToken);
        if (candidateResult.UserCount == 0)
            return new Judged(counts, null, []);

        var popularityResult = Evaluate(trained.Find(model => model.Recipe.Name == TrainerRegistry.Baseline).Model, split.Train, holdout.Relevant, cancellationToken);
        var (current, versusCurrent) = served is null
            ? default
            : await JudgeCurrentAsync(served, recipes[0], candidateResult, split, holdout, context, progress, cancellationToken);
        var ratings = trained.Where(model => PredictsRatingsOf(model.Recipe, split))
            .ToDictionary(model => model.Recipe.Name, model => EvaluateRatings(model.Model, split), StringComparer.Ordinal);
        var metrics = counts with
        {
            JudgedUsers = candidateResult.UserCount,
            Candidate = ModelMetrics.Of(recipes[0].Name, candidateResult),
            Popularity = ModelMetrics.Of(TrainerRegistry.Baseline, popularityResult),
            VersusPopularity = DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, popularityResult)),
            Current = current,
            VersusCurrent = versusCurrent,
            Ratings = ratings.Count == 0 ? null : ratings,
        };
        return new Judged(metrics, candidate, candidateResult.Users.ToArray());
    }

    /// <summary>
    /// The served model may be judged only on what is newer than all that it learned from; a model judged on its own training data always looks better than it is.
    /// Where it knows some of the holdout, or that judges too few users, its recorded options are retrained on the train part and stand for it.
    /// </summary>
    private async Task<(CurrentMetrics? Current, DifferenceMetrics? Versus)> JudgeCurrentAsync(
        StoredModel stored, Recipe recipe, RankingResult candidateResult, HoldoutSplit split, HoldoutItems holdout,
        TrainingContext context, RunProgress progress, CancellationToken cancellationToken)
    {
        if (split.CutTime > stored.TrainedThrough?.ToUnixTimeMilliseconds() && candidateResult.UserCount >= retraining.MinJudgedUsers
            && await TryLoadAsync(stored.Version, cancellationToken) is { } model)
        {
            var result = Evaluate(model.Rebase(split.Train.Users, split.Train.Items), split.Train, holdout.Relevant, cancellationToken);
            return (
                new CurrentMetrics(stored.Version, Retrained: false, result.UserCount, ModelMetrics.Of(stored.Trainer, result)),
                DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, result)));
        }

        // The same options, seed and data would only give the candidate again.
        var isSame = stored.Trainer == recipe.Name && stored.Seed == retraining.Seed && stored.OptionsJson == trainers.Serialize(recipe.Name, recipe.Options);
        if (!isSame && !trainers.Names.Contains(stored.Trainer))
            return default;
        var standIn = isSame
            ? candidateResult
            : Evaluate(
                Train(new Recipe(stored.Trainer, trainers.Deserialize(stored.Trainer, stored.OptionsJson)), split.Train, context, progress),
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

    private RefitMetrics CheckRefit(IScorer refit, IScorer candidate, Judged judged, HoldoutSplit split, CancellationToken cancellationToken)
    {
        var holdout = HoldoutItems.From(split.Train, split.Holdout);
        return new RefitMetrics(
            Evaluate(refit, split.Train, holdout.Relevant, cancellationToken).CoverageAtK,
            ListOverlap.Mean(candidate, refit, split.Train, judged.Users, retraining.EvaluationLimit, cancellationToken));
    }

    /// <summary>
    /// The recommender and the baseline have to learn from this data, or the run fails; one that only stands behind them and cannot is left out, with the reason by its name.
    /// </summary>
    private (List<(Recipe Recipe, IScorer Model)> Trained, IReadOnlyDictionary<string, string>? LeftOut) TrainAll(
        List<Recipe> recipes, InteractionDataset dataset, TrainingContext context, RunProgress progress, string verb)
    {
        var trained = new List<(Recipe Recipe, IScorer Model)>();
        var leftOut = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var recipe in recipes)
        {
            try
            {
                trained.Add((recipe, Train(recipe, dataset, context, progress, verb)));
            }
            catch (TrainingException exception) when (recipe != recipes[0] && recipe.Name != TrainerRegistry.Baseline)
            {
                leftOut.Add(recipe.Name, exception.Message);
            }
        }

        return (trained, leftOut.Count == 0 ? null : leftOut);
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

    private IScorer Train(Recipe recipe, InteractionDataset dataset, TrainingContext context, RunProgress progress, string verb = "training")
    {
        progress.Enter($"{verb} {recipe.Name}");
        var model = trainers.Create(recipe.Name, recipe.Options).Train(dataset, context);
        return model.IsSound() ? model : throw new UnsoundModelException(recipe.Name);
    }

    private RankingResult Evaluate(IScorer model, InteractionDataset train, SparseMatrix relevant, CancellationToken cancellationToken) =>
        OfflineEvaluator.EvaluateRanking(model, train, relevant, new RankingOptions(retraining.EvaluationLimit, Threads: ThreadCount), cancellationToken);

    private static RatingMetrics EvaluateRatings(IScorer model, HoldoutSplit split)
    {
        var result = OfflineEvaluator.EvaluateRatings(model, split.Train, split.Holdout.Ratings);
        return new RatingMetrics(result.Rmse, result.Mae, result.Count, result.UnknownCount);
    }

    private bool PredictsRatingsOf(Recipe recipe, HoldoutSplit split) => trainers.TargetOf(recipe.Name) != TrainerTarget.Ranking && split.Holdout.Ratings.NonZeroCount > 0;

    private Recipe RecipeOf(string name) => new(name, trainers.OptionsOf(name, settings.Trainers));

    private string Describe(List<Recipe> recipes, List<Recipe> candidates) => candidates.Count == 0
        ? Describe(recipes)
        : $"{{\"{SettingsExtensions.Auto}\":{Describe(candidates)},{Describe(recipes)[1..]}";

    private string Describe(List<Recipe> recipes) =>
        $"{{{string.Join(',', recipes.Select(recipe => $"\"{recipe.Name}\":{trainers.Serialize(recipe.Name, recipe.Options)}"))}}}";

    private static string Serialize(RunMetrics metrics) => JsonSerializer.Serialize(metrics, WireJson.Options);

    [LoggerMessage(LogLevel.Warning, "After the end of model run {Run}: {Reason} {Consequence}.")]
    private partial void LogLeftUndone(long run, string reason, string consequence);

    private sealed record Recipe(string Name, object Options);

    /// <param name="Metrics">What was measured.</param>
    /// <param name="Candidate">The recommender trained on the train part; null when nobody could be judged.</param>
    /// <param name="Users">The judged users.</param>
    private sealed record Judged(RunMetrics Metrics, IScorer? Candidate, int[] Users);
}
