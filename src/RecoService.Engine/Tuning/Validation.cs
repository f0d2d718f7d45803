using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>
/// A training part cut in two, on which trainers and their options are chosen; on the whole of it or, faster, on a part of the users.
/// A smaller part of the users lies within a larger one. Not thread-safe.
/// </summary>
public sealed class Validation
{
    private readonly EvaluationProtocol protocol;
    private readonly int[] shuffledUsers;
    private readonly Dictionary<double, EvaluationFold> folds = [];

    /// <param name="split">What trains and what judges. Neither may hold anything of a test part.</param>
    /// <param name="protocol">Lists or ratings, and the figure that counts.</param>
    /// <param name="seed">Which users make a part of them.</param>
    /// <param name="candidates">|U| x |I|: what is ranked for each user; null: everything.</param>
    public Validation(DataSplit split, EvaluationProtocol protocol, int seed, SparseMatrix? candidates = null)
    {
        this.protocol = protocol;
        var whole = IsOfRatings ? EvaluationFold.OfRatings(split) : EvaluationFold.OfLists(split) with { Candidates = candidates };
        folds[1] = whole;
        UserCount = Enumerable.Range(0, split.Train.Users.Count).Count(user => IsJudged(whole, user));
        shuffledUsers = [.. Enumerable.Range(0, split.Train.Users.Count)];
        new SeededRandom(seed, stream: -1).Shuffle(shuffledUsers.AsSpan());
    }

    /// <summary>Whether RMSE counts, the lower the better, or a metric of lists, the higher the better.</summary>
    public bool IsOfRatings => protocol.Target == EvaluationTarget.Ratings;

    /// <summary>What a trainer must be good for to be judged here.</summary>
    public TrainerTarget Target => IsOfRatings ? TrainerTarget.Ratings : TrainerTarget.Ranking;

    /// <summary>What the compared figure is called.</summary>
    public string MeasureName => IsOfRatings ? Measures.Rmse : Measures.NameOf(protocol.Headline, protocol.HeadlineCutOff);

    /// <summary>How many users are judged on the whole; without any there is nothing to choose by.</summary>
    public int UserCount { get; }

    /// <summary>Trains on a part of the users and judges on what was held out of theirs.</summary>
    /// <param name="trainer">Makes the model.</param>
    /// <param name="fraction">Above 0 to 1: the part of the users.</param>
    /// <param name="context">Threads, seed, progress, cancellation.</param>
    /// <exception cref="TrainingException">The data or the options cannot give a model, or the model holds values that are not finite, or nobody can be judged.</exception>
    public Measurement Measure(ITrainer trainer, double fraction, TrainingContext context)
    {
        var fold = FoldOf(fraction);
        var model = trainer.Train(fold.Train, context);
        if (!model.IsSound())
            throw new TrainingException("The model holds values that are not finite.");
        var measurement = IsOfRatings ? JudgeRatings(model, fold) : JudgeLists(model, fold, context);
        return double.IsFinite(measurement.Value) ? measurement : throw new TrainingException("Nobody could be judged.");
    }

    /// <summary>The difference in the compared figure, user by user.</summary>
    public PairedComparison Compare(Measurement candidate, Measurement reference) => IsOfRatings
        ? OfflineEvaluator.Compare(candidate.Ratings!, reference.Ratings!)
        : OfflineEvaluator.Compare(candidate.Lists!, reference.Lists!, protocol.Headline);

    private static Measurement JudgeRatings(IScorer model, EvaluationFold fold)
    {
        if (model is IHistoryScorer scorer)
            model = scorer.WithHistories(fold.Train);
        var result = OfflineEvaluator.EvaluateRatings(model, fold.Train, fold.Holdout.Ratings, RatingOptions.For(fold.Train));
        return new Measurement(result.Rmse, null, result);
    }

    private Measurement JudgeLists(IScorer model, EvaluationFold fold, TrainingContext context)
    {
        var options = new RankingOptions(protocol.HeadlineCutOff, protocol.IdealDcg, context.Threads) { Ties = protocol.Ties, Candidates = fold.Candidates };
        var result = OfflineEvaluator.EvaluateRanking(model, fold.Train, fold.Relevant, options, context.CancellationToken);
        return new Measurement(result[protocol.Headline], result, null);
    }

    private bool IsJudged(EvaluationFold fold, int user) => IsOfRatings
        ? fold.Holdout.Ratings.RowLength(user) > 0
        : fold.Relevant.RowLength(user) > 0 && fold.Train.UserCount(user) > 0;

    private EvaluationFold FoldOf(double fraction)
    {
        if (folds.TryGetValue(fraction, out var known))
            return known;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        var chosen = new bool[shuffledUsers.Length];
        foreach (var user in shuffledUsers.AsSpan(0, (int)Math.Ceiling(fraction * shuffledUsers.Length)))
            chosen[user] = true;
        var split = new DataSplit(OfUsers(folds[1].Train, chosen), OfUsers(folds[1].Holdout, chosen));
        var part = IsOfRatings ? EvaluationFold.OfRatings(split) : EvaluationFold.OfLists(split) with { Candidates = folds[1].Candidates };
        folds.Add(fraction, part);
        return part;
    }

    private static InteractionDataset OfUsers(InteractionDataset all, bool[] chosen) =>
        all.Where([.. Enumerable.Range(0, all.Users.Count).SelectMany(user => Enumerable.Repeat(chosen[user], all.UserCount(user)))]);
}
