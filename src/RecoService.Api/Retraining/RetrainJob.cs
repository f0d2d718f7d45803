using RecoService.Api.Computing;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>
/// One model run, from the interactions in the store to the lists that are served. <see cref="RunAsync"/> tells the story. It computes for seconds or minutes on
/// the thread that calls it, which should be a <see cref="BackgroundThread"/>.
/// </summary>
internal sealed class RetrainJob(
    InteractionLog interactions, PublicationLog publications, RunLog runs, SnapshotHost snapshots, ModelTraining training, ModelJudge judge, JudgeJob judging, SnapshotComposer composer, ResponseFollower responses,
    TrainerRegistry trainers, ShopSettings settings, TimeProvider time)
{
    private const string Unjudged = "It could not be judged: no user has both a history and something newer that is held out.";

    private readonly RetrainingSettings retraining = settings.Retraining;
    private readonly PublishGate gate = new(settings.Retraining);

    /// <summary>Carries out a run that has been started in the log.</summary>
    /// <returns>The run with its outcome, metrics and reason; failures and cancellation are left to the caller. Once its publication is committed it is published,
    /// whatever is cancelled then.</returns>
    /// <exception cref="UnsoundModelException">A model holds values that are not finite; not even a forced run may publish it.</exception>
    public async Task<ModelRun> RunAsync(ModelRun run, RunProgress progress, CancellationToken cancellationToken)
    {
        if (run.Plan == ModelRun.JudgePlan)
            return await judging.RunAsync(run, progress, cancellationToken);
        var served = await composer.ServedAsync(cancellationToken);
        var plan = TrainingPlan.Of(settings, trainers, run.Plan, isFirstModel: RunMetrics.JudgedUsersOf(served) == 0);
        run = run with { Seed = retraining.Seed, OptionsJson = plan.Describe(trainers) };

        if (plan.MaxDuration is not { } limit)
            return await RunPlanAsync(run, plan, served, progress, cancellationToken);
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await RunPlanAsync(run, plan, served, progress, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return run with { Outcome = RunOutcome.Failed, Reason = $"It took longer than {limit}, which is Reco:Retraining:Plans:{plan.Name}:MaxDuration." };
        }
    }

    private async Task<ModelRun> RunPlanAsync(ModelRun run, TrainingPlan plan, StoredModel? served, RunProgress progress, CancellationToken cancellationToken)
    {
        var context = training.NewContext(plan, progress, cancellationToken);
        progress.Enter("loading");
        if (!run.Force && await IsNothingToDoAsync(run, served, cancellationToken))
            return run with { Outcome = RunOutcome.Skipped, Reason = "Nothing has changed since the last run." };
        var dataset = await interactions.LoadDatasetAsync(cancellationToken, withContent: true, retraining.LearnFromExcludedUsers, settings.ExposuresAt(time.GetUtcNow()));
        run = run with { Watermark = dataset.Watermark };
        if (dataset.Count == 0)
            return run with { Outcome = RunOutcome.Refused, Reason = "There are no interactions to learn from." };
        return plan.IsDefault ? await RunDefaultAsync(run, plan, served, dataset, context, progress) : await RunBesideAsync(run, plan, dataset, context, progress);
    }

    /// <summary>The plan of the recommender: what it trains is judged before it may serve.</summary>
    private async Task<ModelRun> RunDefaultAsync(ModelRun run, TrainingPlan plan, StoredModel? served, InteractionDataset dataset, TrainingContext context, RunProgress progress)
    {
        var cancellationToken = context.CancellationToken;
        var split = HoldoutCut.Of(dataset, retraining.HoldoutFraction, retraining.MinJudgedUsers, retraining.Seed, RepeatRule.AsServed);
        (plan, var selection, var givenUp) = training.Choose(plan, split.Train, RunMetrics.JudgedUsersOf(served) == 0 ? null : served, context, progress);
        var recommender = plan.Recipes[0];
        var canJudge = split.Train.Count > 0 && split.Holdout.Count > 0;
        // What only stands behind is judged by nobody, unless it predicts ratings and there are some.
        var (candidates, leftOut) = canJudge
            ? training.TrainAll(plan.Recipes.Where(recipe => judge.Needs(recipe, recommender, split)), recommender, split.Train, context, progress, "training")
            : ([], null);
        var judgement = await judge.JudgeAsync(candidates, split, served, context, progress);
        var metrics = (judgement.Metrics with { Selection = selection, GivenUp = givenUp, LeftOut = leftOut, Prediction = PredictionMetrics.Of(responses.Last) }).WithNotesOf(context);
        run = run with { MetricsJson = metrics.ToJson() };
        if (!run.Force && gate.RefusalOf(metrics) is { } refusal)
            return run with { Outcome = RunOutcome.Refused, Reason = refusal };
        var hold = run.Force ? null : gate.HoldOf(metrics, RunMetrics.JudgedUsersOf(served));

        // The candidate was trained without the newest interactions; what is published must have learned them too.
        (var refitted, leftOut) = training.TrainAll(plan.Recipes, recommender, dataset, context, progress, "refitting");
        metrics = (metrics with { LeftOut = leftOut }).WithNotesOf(context);
        if (judgement.IsJudged)
        {
            progress.Enter("checking the refit");
            metrics = metrics with { Refit = judge.CheckRefit(refitted[0].Model, candidates[0].Model, judgement, split, cancellationToken) };
            run = run with { MetricsJson = metrics.ToJson() };
            if (!run.Force && gate.RefusalOfRefit(metrics.Candidate!, metrics.Refit) is { } refitRefusal)
                return run with { Outcome = RunOutcome.Refused, Reason = refitRefusal };
        }

        run = run with { MetricsJson = metrics.ToJson() };
        return await StoreAndPublishAsync(run, refitted, dataset, hold, run.Force ? "The gate was overridden." : judgement.IsJudged ? null : Unjudged, progress, cancellationToken);
    }

    /// <summary>A plan of models that stand beside the recommender: the lists are not theirs, so nobody judges them.</summary>
    private async Task<ModelRun> RunBesideAsync(ModelRun run, TrainingPlan plan, InteractionDataset dataset, TrainingContext context, RunProgress progress)
    {
        if (await publications.GetCurrentAsync(context.CancellationToken) is null)
            return run with { Outcome = RunOutcome.Skipped, Reason = SnapshotComposer.NoRecommender };
        var (trained, leftOut) = training.TrainAll(plan.Recipes, recommender: null, dataset, context, progress, "training");
        run = run with { MetricsJson = RunMetrics.OfUnjudged(retraining.EvaluationLimit, dataset.Count, leftOut).WithNotesOf(context).ToJson() };
        return await StoreAndPublishAsync(run, trained, dataset, hold: null, reason: null, progress, context.CancellationToken);
    }

    private async Task<ModelRun> StoreAndPublishAsync(
        ModelRun run, IReadOnlyList<TrainedModel> trained, InteractionDataset dataset, string? hold, string? reason, RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter("storing");
        var versions = await composer.StoreAsync(run, trained, dataset, cancellationToken);
        run = run with { ModelVersion = versions[0] };

        progress.Enter("publishing");
        run = hold is not null
            ? run with { Outcome = RunOutcome.Held, Reason = $"{hold} Publish version {versions[0]} by hand, or run with force, if it is to serve." }
            : await composer.PublishAsync(run, versions, trained, reason, cancellationToken);
        await composer.DeleteOldAsync(run.Id, retraining.KeepRuns, cancellationToken);
        return run;
    }

    /// <summary>The same interactions and options gave a model before, and that one was refused, is served, or has to wait.</summary>
    private async Task<bool> IsNothingToDoAsync(ModelRun run, StoredModel? served, CancellationToken cancellationToken)
    {
        if (await runs.GetLastTrainedAsync(cancellationToken, run.Plan) is not { Watermark: { } watermark } last
            || last.OptionsJson != run.OptionsJson || last.Seed != run.Seed || await interactions.HasChangedSinceAsync(watermark, cancellationToken))
        {
            return false;
        }

        if (last.Outcome == RunOutcome.Refused)
            return true;
        if (last.Outcome == RunOutcome.Held && RunMetrics.Read(last.MetricsJson) is { } metrics && gate.HoldOf(metrics, RunMetrics.JudgedUsersOf(served)) is not null)
            return true;
        return await publications.GetCurrentAsync(cancellationToken) is { } current
            && snapshots.Current?.Fault is null && (current.Pinned || current.Manifest.Contains(last.ModelVersion ?? 0));
    }
}
