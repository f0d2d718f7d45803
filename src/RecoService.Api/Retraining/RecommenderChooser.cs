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
    /// <summary>What is picked is trained for the judges and then on everything.</summary>
    private const int FinalTrainings = 2;

    /// <param name="candidates">Whom to try; popularity wins where nobody can be judged.</param>
    /// <param name="train">The train part of the run. What judges the run later must have no say here.</param>
    /// <param name="served">What serves now; null for the first model, for which a shop waits, so that no options are searched.</param>
    /// <param name="context">Threads, seed and cancellation.</param>
    /// <param name="progress">How much of the budget is used.</param>
    /// <exception cref="TrainingException">No candidate gave a model.</exception>
    public SelectionResult? Choose(IReadOnlyList<RecommenderCandidate> candidates, InteractionDataset train, NamedOptions? served, TrainingContext context, IProgress<TrainingProgress> progress)
    {
        var validation = ValidationOf(train);
        if (validation.UserCount == 0)
            return null;
        var settings = new SearchSettings(retraining.AutoBudget, Seed: context.Seed, Threads: context.Threads)
        {
            Memory = context.Memory,
            Device = context.Device,
            FinalTrainings = FinalTrainings,
            MaxListTime = retraining.MaxServingMicroseconds > 0 ? TimeSpan.FromMicroseconds(retraining.MaxServingMicroseconds) : null,
            SearchesOptions = served is not null,
            LastPick = served,
        };
        return new RecommenderSelection(trainers, validation, settings, time, new BudgetProgress(progress)).Run(candidates, context.CancellationToken);
    }

    /// <summary>Cut from the train part as that is cut from the whole.</summary>
    private Validation ValidationOf(InteractionDataset train)
    {
        var protocol = new EvaluationProtocol(EvaluationTarget.TopN, [retraining.EvaluationLimit], HeadlineCutOff: retraining.EvaluationLimit, Repeats: RepeatRule.AsServed);
        var maxUsers = Validation.MaxUsersWithin(retraining.AutoBudget);
        Validation Of(HoldoutSplit split, IEnumerable<Validation> earlier) =>
            new(EvaluationFold.OfLists(split, RepeatRule.AsServed), protocol, retraining.Seed, maxUsers) { Earlier = earlier };

        // Last items of users are no window in time: an earlier cut would hold out others of the same.
        Validation? Before(InteractionDataset earlier) => CutOf(earlier) is { CutTime: not null } split ? Of(split, []) : null;
        var latest = CutOf(train);
        return Of(latest, latest.CutTime is null ? [] : Validation.WindowsOf(latest.Train, Before));
    }

    private HoldoutSplit CutOf(InteractionDataset train) => HoldoutCut.Of(train, retraining.HoldoutFraction, retraining.MinJudgedUsers, retraining.Seed, RepeatRule.AsServed);

    private sealed class BudgetProgress(IProgress<TrainingProgress> progress) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => progress.Report(new TrainingProgress(value.Doing, value.Fraction));
    }
}
