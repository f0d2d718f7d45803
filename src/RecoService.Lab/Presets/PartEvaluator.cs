using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Lab.Presets;

/// <summary>Trains recommenders on the folds of a part and judges them by its protocol.</summary>
/// <param name="time">The clock that training and judging are timed by.</param>
public sealed class PartEvaluator(TimeProvider time)
{
    private const int DiversityUsers = 1000;

    /// <param name="part">What is judged.</param>
    /// <param name="trainer">Makes the models.</param>
    /// <param name="context">Threads, seed, progress of each fold's training, cancellation.</param>
    /// <param name="models">Models of this trainer by what they were trained on; those missing are added, so that a second part over the same data trains none.</param>
    /// <exception cref="TrainingException">The data or the options cannot give a model, or the model holds values that are not finite.</exception>
    public EvaluationResult Evaluate(EvaluationPart part, ITrainer trainer, TrainingContext context, Dictionary<InteractionDataset, TimedModel>? models = null)
    {
        var (training, judging) = (TimeSpan.Zero, TimeSpan.Zero);
        var rankings = part.Protocol.CutOffs.Select(_ => new List<RankingResult>()).ToArray();
        var ratings = new List<RatingResult>();
        foreach (var fold in part.Folds)
        {
            if (models is null || !models.TryGetValue(fold.Train, out var trained))
                trained = Train(trainer, fold.Train, context);
            models?.TryAdd(fold.Train, trained);
            training += trained.TrainingTime;

            var start = time.GetTimestamp();
            Judge(part.Protocol, fold, trained.Model, context, rankings, ratings);
            judging += time.GetElapsedTime(start);
        }

        return new EvaluationResult(
            [.. rankings.Select(RankingResult.OfFolds)], ratings.Count == 0 ? null : RatingResult.OfFolds(ratings), training.TotalSeconds, judging.TotalSeconds);
    }

    private TimedModel Train(ITrainer trainer, InteractionDataset train, TrainingContext context)
    {
        var start = time.GetTimestamp();
        var model = trainer.Train(train, context);
        return model.IsSound() ? new TimedModel(model, time.GetElapsedTime(start)) : throw new TrainingException("Training went astray: the model holds values that are not finite. Lower the learning rate, or regularize more.");
    }

    private static void Judge(
        EvaluationProtocol protocol, EvaluationFold fold, IScorer model, TrainingContext context, List<RankingResult>[] rankings, List<RatingResult> ratings)
    {
        if (protocol.Target == EvaluationTarget.Ratings)
        {
            ratings.Add(OfflineEvaluator.EvaluateRatings(model, fold.Train, fold.Holdout.Ratings, RatingOptions.For(fold.Train)));
            return;
        }

        var options = new RankingOptions(IdealDcg: protocol.IdealDcg, Threads: context.Threads)
        {
            Ties = protocol.Ties,
            Candidates = fold.Candidates,
            Repeats = fold.Repeats,
            Now = fold.Now,
            DiversityUsers = DiversityUsers,
        };
        var results = OfflineEvaluator.EvaluateRanking(model, fold.History, fold.Relevant, protocol.CutOffs, options, context.CancellationToken);
        for (var cut = 0; cut < results.Count; cut++)
            rankings[cut].Add(results[cut]);
    }
}

/// <param name="Model">What training gave.</param>
/// <param name="TrainingTime">How long it took.</param>
public sealed record TimedModel(IScorer Model, TimeSpan TrainingTime);
