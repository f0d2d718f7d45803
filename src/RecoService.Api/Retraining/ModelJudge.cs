using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Evaluation.Audit;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <param name="Metrics">What was measured.</param>
/// <param name="Users">The judged users, by their index in the train part; empty when nobody could be judged.</param>
internal sealed record Judgement(RunMetrics Metrics, int[] Users)
{
    public bool IsJudged => Users.Length > 0;
}

/// <summary>Judges models on the holdout, wherever they were made: a candidate, popularity and the model that is served, over the users they know.</summary>
internal sealed class ModelJudge(ModelTraining training, SnapshotLoader loader, SnapshotHost snapshots, TrainerRegistry trainers, RetrainingSettings settings)
{
    /// <summary>Whether the judgement asks for a model of this recipe: the recommender, popularity, and what predicts ratings where there are some.</summary>
    public bool Needs(Recipe recipe, Recipe recommender, HoldoutSplit split) => recipe == recommender || recipe.Name == TrainerRegistry.Baseline || PredictsRatingsOf(recipe, split);

    /// <param name="models">The candidate first, and popularity; none has seen the holdout. Empty where there is nothing to learn from or to hold out.</param>
    /// <param name="split">What they learned from, and what judges them.</param>
    /// <param name="served">The model that is served; null before the first.</param>
    /// <param name="context">Of the run.</param>
    /// <param name="progress">Of the run.</param>
    public async Task<Judgement> JudgeAsync(IReadOnlyList<TrainedModel> models, HoldoutSplit split, StoredModel? served, TrainingContext context, RunProgress progress)
    {
        var holdout = HoldoutItems.From(split.Train, split.Holdout, RepeatRule.AsServed, split.CutTime);
        var counts = new RunMetrics(
            settings.EvaluationLimit, split.Train.Count, split.Holdout.Count, JudgedUsers: 0, holdout.StrangerCount, null, null, null, null, null, null, null)
        {
            HoldoutSince = split.CutTime is { } cut ? DateTimeOffset.FromUnixTimeMilliseconds(cut) : null,
        };
        if (models is not [var candidate, ..])
            return new Judgement(counts, []);

        progress.Enter("evaluating");
        var candidateResult = Evaluate(candidate.Model, split, holdout.Relevant, context.CancellationToken);
        if (candidateResult.UserCount == 0)
            return new Judgement(counts, []);

        var popularityResult = Evaluate(models.First(model => model.Recipe.Name == TrainerRegistry.Baseline).Model, split, holdout.Relevant, context.CancellationToken);
        var (current, versusCurrent) = served is null ? default : await JudgeServedAsync(served, candidate, candidateResult, split, holdout, context, progress);
        var ratings = models.Where(model => PredictsRatingsOf(model.Recipe, split))
            .ToDictionary(model => model.Recipe.Name, model => EvaluateRatings(model.Model, split), StringComparer.Ordinal);
        var metrics = counts with
        {
            JudgedUsers = candidateResult.UserCount,
            Candidate = ModelMetrics.Of(candidate.Recipe.Name, candidateResult),
            Popularity = ModelMetrics.Of(TrainerRegistry.Baseline, popularityResult),
            VersusPopularity = DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, popularityResult)),
            Current = current,
            VersusCurrent = versusCurrent,
            Ratings = ratings.Count == 0 ? null : ratings,
            Audit = ModelAuditor.Audit(candidate.Model, split.Train, holdout.Relevant, candidateResult.Users, OptionsOfAudit(split), context),
        };
        return new Judgement(metrics, candidateResult.Users.ToArray());
    }

    /// <summary>What the model trained on everything does with the train part, beside the candidate that was judged.</summary>
    public RefitMetrics CheckRefit(IScorer refit, IScorer candidate, Judgement judgement, HoldoutSplit split, CancellationToken cancellationToken) => new(
        Evaluate(refit, split, HoldoutItems.From(split.Train, split.Holdout, RepeatRule.AsServed, split.CutTime).Relevant, cancellationToken).CoverageAtK,
        ListOverlap.Mean(candidate, refit, split.Train, judgement.Users, settings.EvaluationLimit, cancellationToken, RepeatRule.AsServed, split.CutTime));

    /// <summary>
    /// The served model may be judged only on what is newer than all that it learned from; a model judged on its own training data always looks better than it is.
    /// Where it knows some of the holdout, or that judges too few users, its recorded options are retrained on the train part and stand for it. Where they cannot be, it is judged as it is, and the run says so.
    /// </summary>
    private async Task<(CurrentMetrics? Current, DifferenceMetrics? Versus)> JudgeServedAsync(
        StoredModel served, TrainedModel candidate, RankingResult candidateResult, HoldoutSplit split, HoldoutItems holdout, TrainingContext context, RunProgress progress)
    {
        if (split.CutTime > served.TrainedThrough?.ToUnixTimeMilliseconds() && candidateResult.UserCount >= settings.MinJudgedUsers
            && await TryGetAsync(served.Version, context.CancellationToken) is { } model)
        {
            return AsItIs(model);
        }

        // The same options, seed and data would only give the candidate again, unless that was made elsewhere.
        var isSame = !candidate.IsForeign && served.Trainer == candidate.Recipe.Name && served.Seed == settings.Seed
            && served.OptionsJson == trainers.Serialize(candidate.Recipe.Name, candidate.Recipe.Options);
        if (!isSame && !trainers.Names.Contains(served.Trainer))
            return default;
        RankingResult standIn;
        try
        {
            standIn = isSame ? candidateResult : Evaluate(TrainAgain(served, split.Train, context, progress), split, holdout.Relevant, context.CancellationToken);
        }
        catch (TrainingException exception)
        {
            context.Notes.Add($"Model version {served.Version}, which is served, could not be trained again to be compared with: {exception.Message} It was judged as it is, and may know some of what judged it.");
            return await TryGetAsync(served.Version, context.CancellationToken) is { } stored ? AsItIs(stored) : default;
        }

        return (
            new CurrentMetrics(served.Version, Retrained: true, standIn.UserCount, ModelMetrics.Of(served.Trainer, standIn)),
            DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, standIn)));

        (CurrentMetrics? Current, DifferenceMetrics? Versus) AsItIs(IScorer model)
        {
            var result = Evaluate(model.Rebase(split.Train.Users, split.Train.Items), split, holdout.Relevant, context.CancellationToken);
            return (
                new CurrentMetrics(served.Version, Retrained: false, result.UserCount, ModelMetrics.Of(served.Trainer, result)),
                DifferenceMetrics.Of(OfflineEvaluator.Compare(candidateResult, result)));
        }
    }

    private IScorer TrainAgain(StoredModel served, InteractionDataset train, TrainingContext context, RunProgress progress) =>
        training.Train(new Recipe(served.Trainer, trainers.Deserialize(served.Trainer, served.OptionsJson)), train, context, progress, "training");

    /// <summary>From the state that serves it here; read from the store where another one serves.</summary>
    private async Task<IScorer?> TryGetAsync(int version, CancellationToken cancellationToken)
    {
        if (snapshots.Current?.State.Models.FirstOrDefault(model => model.Version == version) is { } served)
            return served.Model;
        try
        {
            return await loader.LoadModelAsync(version, cancellationToken);
        }
        catch (Exception exception) when (exception is DamagedModelException or InvalidDataException)
        {
            return null;
        }
    }

    private AuditOptions OptionsOfAudit(HoldoutSplit split) => new(settings.EvaluationLimit) { Now = split.CutTime, ProviderAttribute = settings.Gate.ProviderAttribute };

    /// <summary>Of lists as they are served: without what the user has consumed, and with what they only viewed or may buy again.</summary>
    private RankingResult Evaluate(IScorer model, HoldoutSplit split, SparseMatrix relevant, CancellationToken cancellationToken) => OfflineEvaluator.EvaluateRanking(
        model, split.Train, relevant, new RankingOptions(settings.EvaluationLimit, Threads: settings.ThreadCount()) { Repeats = RepeatRule.AsServed, Now = split.CutTime }, cancellationToken);

    private static RatingMetrics EvaluateRatings(IScorer model, HoldoutSplit split)
    {
        var result = OfflineEvaluator.EvaluateRatings(model, split.Train, split.Holdout.Ratings);
        return new RatingMetrics(result.Rmse, result.Mae, result.Count, result.UnknownCount);
    }

    private bool PredictsRatingsOf(Recipe recipe, HoldoutSplit split) => trainers.TargetOf(recipe.Name) != TrainerTarget.Ranking && split.Holdout.Ratings.NonZeroCount > 0;
}
