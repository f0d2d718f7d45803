using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// Learns to order the candidates of a first stage by what users did next: taken are the candidates they took, left a few of those they did not.
/// Then the first stage is trained again on everything.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
/// <param name="feedback">What is learned from the lists that users were shown.</param>
public sealed class TwoStageTraining(TwoStageOptions options, TrainerRegistry registry, FeedbackUse feedback = FeedbackUse.None)
{
    /// <param name="dataset">The training data.</param>
    /// <param name="context">The run.</param>
    /// <param name="learn">Makes a ranker from lists, and from what was known when they were made, over the users and items of the dataset. It is not asked when no user took a candidate:
    /// then the order stays the first stage's.</param>
    public ComposedModel Train(InteractionDataset dataset, TrainingContext context, Func<InteractionDataset, RankingLists, TrainingContext, IRankingFunction> learn) => Train(dataset, context, (part, first, rankingContext) =>
    {
        var shown = feedback == FeedbackUse.None || dataset.Exposures.Count == 0 ? null : new ShownAfter(dataset, part.Train, feedback, options.ValidationUsers, rankingContext.Seed);
        if (part.Users.Length + (shown?.Users.Length ?? 0) == 0)
            return LinearRankingFunction.FirstStage;
        var builder = new RankingListsBuilder(options, part, first(), rankingContext.Seed);
        var lists = shown is null ? builder.OfInteractions(rankingContext.CancellationToken) : builder.OfShown(shown, rankingContext.CancellationToken);
        return lists.Taken.Contains(true) ? learn(part.Train, lists, rankingContext) : LinearRankingFunction.FirstStage;
    });

    /// <param name="dataset">The training data.</param>
    /// <param name="context">The run.</param>
    /// <param name="learn">Makes a ranker from what was cut off, and from the first stage trained on the rest, which is trained when it is asked for.</param>
    internal ComposedModel Train(InteractionDataset dataset, TrainingContext context, Func<ValidationPart, Func<IScorer>, TrainingContext, IRankingFunction> learn)
    {
        context.Report("cutting", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var candidateOptions = registry.OptionsOf(options.CandidateTrainer, options.Trainers);
        var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed);
        var function = learn(part, First, context.Part("ranking", 0.45, 0.55));
        var model = registry.Train(options.CandidateTrainer, candidateOptions, dataset, context.Part("everything", 0.55, 1));
        context.Report("training", 1);
        return new ComposedModel([new ModelPart(TrainerRegistry.NameOf(options.CandidateTrainer), model)], [], new FeatureRanker(UserItemFeatures.Of(dataset), function), options.Candidates);

        IScorer First() => registry.Train(options.CandidateTrainer, candidateOptions, part.Train, context.Part("validation", 0, 0.45)).Over(part.Train);
    }
}
