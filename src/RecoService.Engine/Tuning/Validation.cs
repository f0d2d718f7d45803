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
    /// <summary>As many judged users tell recommenders apart; more would take longer and say the same.</summary>
    public const int DefaultMaxUsers = 10_000;

    /// <summary>How many windows before the latest have a say where the data are cut by time.</summary>
    public const int EarlierWindows = 2;

    private const int LeastUsers = 1_000;
    private const int UsersPerSecond = 100;

    private const int TimedUsers = 200;

    private readonly EvaluationProtocol protocol;
    private readonly int[] shuffledUsers;
    private readonly Dictionary<double, EvaluationFold> folds = [];

    /// <param name="split">What trains and what judges. Neither may hold anything of a test part.</param>
    /// <param name="protocol">Lists or ratings, and the figure that counts.</param>
    /// <param name="seed">Which users make a part of them.</param>
    public Validation(DataSplit split, EvaluationProtocol protocol, int seed)
        : this(protocol.Target == EvaluationTarget.Ratings ? EvaluationFold.OfRatings(split) : EvaluationFold.OfLists(split, protocol.Repeats), protocol, seed)
    {
    }

    /// <param name="whole">What trains, what is known of the users, and what judges. Nothing of it may be of a test part.</param>
    /// <param name="protocol">Lists or ratings, and the figure that counts.</param>
    /// <param name="seed">Which users make a part of them.</param>
    /// <param name="maxUsers">As many users judge lists, drawn by chance where there are more; at least 1.</param>
    public Validation(EvaluationFold whole, EvaluationProtocol protocol, int seed, int maxUsers = DefaultMaxUsers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxUsers, 1);
        this.protocol = protocol;
        shuffledUsers = [.. Enumerable.Range(0, whole.Train.Users.Count)];
        new SeededRandom(seed, stream: -1).Shuffle(shuffledUsers.AsSpan());
        var judged = Array.FindAll(shuffledUsers, user => IsJudged(whole, user));
        UserCount = IsOfRatings ? judged.Length : Math.Min(judged.Length, maxUsers);
        folds[1] = UserCount == judged.Length ? whole : whole with { Relevant = OfUsers(whole.Relevant, Chosen(judged.AsSpan(0, UserCount))) };
    }

    /// <summary>Earlier windows of the same data, cut in the same way, the latest first, which say whether what was good in this one was so by chance (rolling origin: Tashman, "Out-of-sample
    /// tests of forecasting accuracy", 2000). Each is made when it is asked for. Empty where the data are not cut by time.</summary>
    public IEnumerable<Validation> Earlier { get; init; } = [];

    /// <summary>Whether RMSE counts, the lower the better, or a metric of lists, the higher the better.</summary>
    public bool IsOfRatings => protocol.Target == EvaluationTarget.Ratings;

    /// <summary>What a trainer must be good for to be judged here.</summary>
    public TrainerTarget Target => IsOfRatings ? TrainerTarget.Ratings : TrainerTarget.Ranking;

    /// <summary>Whether items that users had before are listed.</summary>
    public bool CanRepeat => protocol.Repeats != RepeatRule.None;

    /// <summary>What the compared figure is called.</summary>
    public string MeasureName => IsOfRatings ? Measures.Rmse : Measures.NameOf(protocol.Headline, protocol.HeadlineCutOff);

    /// <summary>How many users are judged on the whole; without any there is nothing to choose by.</summary>
    public int UserCount { get; }

    /// <summary>How many users should judge within a budget: judging costs as training does, and a short search should spend its time on more recommenders.</summary>
    /// <param name="budget">Of the search; null: there is no bound.</param>
    public static int MaxUsersWithin(TimeSpan? budget) => budget is { } bound ? (int)Math.Clamp(bound.TotalSeconds * UsersPerSecond, LeastUsers, DefaultMaxUsers) : DefaultMaxUsers;

    /// <summary>Windows that end where the next one begins, the latest first; each is made when it is asked for, and there are no more where nobody can be judged.</summary>
    /// <param name="train">What stands before the first of them.</param>
    /// <param name="cut">Cuts it in two; null where that is not possible.</param>
    /// <param name="count">The most of them.</param>
    public static IEnumerable<Validation> WindowsOf(InteractionDataset train, Func<InteractionDataset, Validation?> cut, int count = EarlierWindows)
    {
        for (var number = 0; number < count && cut(train) is { UserCount: > 0 } window; number++)
        {
            yield return window;
            train = window.TrainPart(1);
        }
    }

    /// <summary>What trains, of a part of the users: the same object for the same part.</summary>
    /// <param name="fraction">Above 0 to 1.</param>
    public InteractionDataset TrainPart(double fraction) => FoldOf(fraction).Train;

    /// <summary>Trains on a part of the users and judges on what was held out of theirs.</summary>
    /// <param name="trainer">Makes the model.</param>
    /// <param name="fraction">Above 0 to 1: the part of the users.</param>
    /// <param name="context">Threads, seed, progress, cancellation.</param>
    /// <exception cref="TrainingException">The data or the options cannot give a model, or the model holds values that are not finite, or nobody can be judged.</exception>
    public Measurement Measure(ITrainer trainer, double fraction, TrainingContext context) => Judge(trainer.Train(TrainPart(fraction), context), fraction, context);

    /// <summary>Judges a model that was trained on a part of the users on what was held out of theirs.</summary>
    /// <param name="model">Trained on <see cref="TrainPart"/>.</param>
    /// <param name="fraction">Above 0 to 1: the part of the users.</param>
    /// <param name="context">Threads, cancellation.</param>
    /// <exception cref="TrainingException">The model holds values that are not finite, or nobody can be judged.</exception>
    public Measurement Judge(IScorer model, double fraction, TrainingContext context)
    {
        var fold = FoldOf(fraction);
        if (!model.IsSound())
            throw new TrainingException("The model holds values that are not finite.");
        var measurement = IsOfRatings ? JudgeRatings(model, fold) : JudgeLists(model, fold, context);
        return double.IsFinite(measurement.Value) ? measurement : throw new TrainingException("Nobody could be judged.");
    }

    /// <summary>How long one thread takes over a list of a trained user, on average; null for models that predict ratings.</summary>
    /// <param name="model">As of <see cref="Judge"/>.</param>
    /// <param name="fraction">As of <see cref="Judge"/>.</param>
    /// <param name="time">The clock.</param>
    public TimeSpan? TimeOfList(IScorer model, double fraction, TimeProvider time)
    {
        var fold = FoldOf(fraction);
        if (IsOfRatings || fold.Train.Items.Count == 0)
            return null;
        var users = shuffledUsers.Where(user => fold.Relevant.RowLength(user) > 0 && fold.History.UserCount(user) > 0).Take(TimedUsers).ToArray();
        var served = model.Over(fold.History).ForServing();
        var ranker = new UserRanker(served, fold.History, protocol.HeadlineCutOff, new RankingOptions(protocol.HeadlineCutOff) { Repeats = fold.Repeats, Now = fold.Now });
        // The first lists make what is made once.
        foreach (var user in users.Take(10))
            ranker.Rank(user);
        var started = time.GetTimestamp();
        foreach (var user in users)
            ranker.Rank(user);
        return users.Length == 0 ? null : time.GetElapsedTime(started) / users.Length;
    }

    /// <summary>The difference in the compared figure, user by user.</summary>
    public PairedComparison Compare(Measurement candidate, Measurement reference) => IsOfRatings
        ? OfflineEvaluator.Compare(candidate.Ratings!, reference.Ratings!)
        : OfflineEvaluator.Compare(candidate.Lists!, reference.Lists!, protocol.Headline);

    private static Measurement JudgeRatings(IScorer model, EvaluationFold fold)
    {
        var result = OfflineEvaluator.EvaluateRatings(model.WithHistories(fold.Train), fold.Train, fold.Holdout.Ratings, RatingOptions.For(fold.Train));
        return new Measurement(result.Rmse, null, result);
    }

    private Measurement JudgeLists(IScorer model, EvaluationFold fold, TrainingContext context)
    {
        var options = new RankingOptions(protocol.HeadlineCutOff, protocol.IdealDcg, context.Threads) { Ties = protocol.Ties, Candidates = fold.Candidates, Repeats = fold.Repeats, Now = fold.Now };
        var result = OfflineEvaluator.EvaluateRanking(model, fold.History, fold.Relevant, options, context.CancellationToken);
        return new Measurement(result[protocol.Headline], result, null);
    }

    private bool IsJudged(EvaluationFold fold, int user) => IsOfRatings
        ? fold.Holdout.Ratings.RowLength(user) > 0
        : fold.Relevant.RowLength(user) > 0 && fold.History.UserCount(user) > 0;

    private EvaluationFold FoldOf(double fraction)
    {
        if (folds.TryGetValue(fraction, out var known))
            return known;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        var chosen = Chosen(shuffledUsers.AsSpan(0, (int)Math.Ceiling(fraction * shuffledUsers.Length)));
        var whole = folds[1];
        var train = OfUsers(whole.Train, chosen);
        var part = new EvaluationFold(train, OfUsers(whole.Holdout, chosen), OfUsers(whole.Relevant, chosen), whole.Candidates)
        {
            Repeats = whole.Repeats,
            Now = whole.Now,
            History = ReferenceEquals(whole.History, whole.Train) ? train : OfUsers(whole.History, chosen),
        };
        folds.Add(fraction, part);
        return part;
    }

    private bool[] Chosen(ReadOnlySpan<int> users)
    {
        var chosen = new bool[shuffledUsers.Length];
        foreach (var user in users)
            chosen[user] = true;
        return chosen;
    }

    private static InteractionDataset OfUsers(InteractionDataset all, bool[] chosen) =>
        all.Where([.. Enumerable.Range(0, all.Users.Count).SelectMany(user => Enumerable.Repeat(chosen[user], all.UserCount(user)))]);

    private static SparseMatrix OfUsers(SparseMatrix all, bool[] chosen)
    {
        var starts = new long[all.RowCount + 1];
        var columns = new List<int>();
        var values = new List<float>();
        for (var user = 0; user < all.RowCount; user++)
        {
            if (chosen[user])
            {
                columns.AddRange(all.RowColumns(user));
                values.AddRange(all.RowValues(user));
            }

            starts[user + 1] = columns.Count;
        }

        return new SparseMatrix(all.ColumnCount, starts, [.. columns], [.. values]);
    }
}
