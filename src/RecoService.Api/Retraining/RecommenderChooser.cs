using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Api.Retraining;

/// <summary>Picks the recommender that a run trains, where the settings leave it to the run.</summary>
internal sealed class RecommenderChooser(TrainerRegistry trainers, RetrainingSettings retraining, TimeProvider time)
{
    /// <param name="candidates">Whom to try; popularity wins where nobody can be judged.</param>
    /// <param name="train">The train part of the run. What judges the run later must have no say here.</param>
    /// <param name="context">Threads, seed and cancellation.</param>
    /// <param name="progress">How much of the budget is used.</param>
    /// <exception cref="TrainingException">No candidate gave a model.</exception>
    public SelectionResult? Choose(IReadOnlyList<RecommenderCandidate> candidates, InteractionDataset train, TrainingContext context, IProgress<TrainingProgress> progress)
    {
        var validation = ValidationOf(train);
        if (validation.UserCount == 0)
            return null;
        var settings = new SearchSettings(retraining.AutoBudget, Seed: context.Seed, Threads: context.Threads) { Memory = context.Memory };
        return new RecommenderSelection(trainers, validation, settings, time, new BudgetProgress(progress)).Run(candidates, context.CancellationToken);
    }

    /// <summary>Cut from the train part as that is cut from the whole.</summary>
    private Validation ValidationOf(InteractionDataset train) => new(
        HoldoutCut.Of(train, retraining.HoldoutFraction, retraining.MinJudgedUsers, retraining.Seed),
        new EvaluationProtocol(EvaluationTarget.TopN, [retraining.EvaluationLimit], HeadlineCutOff: retraining.EvaluationLimit), retraining.Seed);

    private sealed class BudgetProgress(IProgress<TrainingProgress> progress) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => progress.Report(new TrainingProgress(value.Doing, value.Fraction));
    }
}
