using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation;

/// <summary>Judges models on what was held out. Models over other key maps than the data's are rebased first.</summary>
public static class OfflineEvaluator
{
    private const int UsersPerBlock = 64;

    /// <inheritdoc cref="EvaluateRanking(IScorer, InteractionDataset, SparseMatrix, IReadOnlyList{int}, RankingOptions, CancellationToken)"/>
    public static RankingResult EvaluateRanking(IScorer model, InteractionDataset train, SparseMatrix relevant, RankingOptions options, CancellationToken ct) =>
        EvaluateRanking(model, train, relevant, [options.K], options, ct)[0];

    /// <summary>
    /// Ranks all items of the dataset that a list may hold, which are those the user has not in the train part unless the options say otherwise, and looks for the relevant ones among the first k, for every k asked for.
    /// Users without relevant items are left out, users without train history too unless the options say otherwise.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="train">What is known of the users, and what the model was trained on, or more than that.</param>
    /// <param name="relevant">|U| x |I|, over the key maps of <paramref name="train"/>; see <see cref="HoldoutItems"/>.</param>
    /// <param name="cutOffs">List lengths, at least one; they stand in place of the options' K.</param>
    /// <param name="options">Convention, candidates, repeats, ties, threads.</param>
    /// <param name="ct">Cancels between blocks of users.</param>
    /// <returns>One result per cut-off, from one ranking of each user.</returns>
    public static IReadOnlyList<RankingResult> EvaluateRanking(
        IScorer model, InteractionDataset train, SparseMatrix relevant, IReadOnlyList<int> cutOffs, RankingOptions options, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cutOffs.DefaultIfEmpty().Min(), 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(relevant.RowCount, train.Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(relevant.ColumnCount, train.Items.Count);
        model = model.Over(train);

        var withRelevant = Enumerable.Range(0, relevant.RowCount).Where(user => relevant.RowLength(user) > 0).ToArray();
        var users = Array.FindAll(withRelevant, user => options.JudgeStrangers || train.UserCount(user) > 0);
        var metrics = cutOffs.Select(_ => new UserMetrics[users.Length]).ToArray();
        var counts = cutOffs.Select(_ => new ListCounts(train.Items.Count)).ToArray();
        var traits = new ListTraits(train);
        var diversityStep = options.DiversityUsers > 0 ? Math.Max(1, (users.Length + options.DiversityUsers - 1) / options.DiversityUsers) : int.MaxValue;
        new TrainingContext(options.Threads, cancellationToken: ct).ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var ranker = new UserRanker(model, train, cutOffs.Max(), options);
            var apart = options.Repeats is RepeatRule.Allow or RepeatRule.AsServed ? new RepeatTally(train, options.IdealDcg) : null;
            var end = Math.Min((block + 1) * UsersPerBlock, users.Length);
            for (var position = block * UsersPerBlock; position < end; position++)
            {
                ranker.Rank(users[position]);
                apart?.Begin(users[position], relevant.RowColumns(users[position]));
                for (var cut = 0; cut < cutOffs.Count; cut++)
                {
                    var list = ranker.Top(cutOffs[cut]);
                    counts[cut].Add(list);
                    metrics[cut][position] = UserMetrics.Of(list, relevant.RowColumns(users[position]), cutOffs[cut], options.IdealDcg) with
                    {
                        Repeats = apart?.Of(list, cutOffs[cut]),
                        Novelty = traits.Novelty(list),
                        Diversity = options.DiversityUsers > 0 && position % diversityStep == 0 ? traits.Diversity(list) : double.NaN,
                    };
                }
            }
        });

        return [.. cutOffs.Select((k, cut) => new RankingResult(k, users, metrics[cut], withRelevant.Length - users.Length, counts[cut].Coverage, counts[cut].Gini))];
    }

    /// <summary>The difference in one metric, user by user.</summary>
    /// <param name="candidate">The result that is judged.</param>
    /// <param name="reference">What it is held against.</param>
    /// <param name="metric">Any that each user has a value of; users without one in either result are left out.</param>
    /// <exception cref="ArgumentException">The results are over different users or list lengths.</exception>
    public static PairedComparison Compare(RankingResult candidate, RankingResult reference, RankingMetric metric = RankingMetric.Ndcg)
    {
        if (candidate.K != reference.K || !candidate.Users.SequenceEqual(reference.Users))
            throw new ArgumentException("Only results over the same users and the same list length can be compared.", nameof(reference));
        return PairedComparison.Of([.. candidate.ValuesPerUser(metric).Zip(reference.ValuesPerUser(metric), (left, right) => left - right).Where(difference => !double.IsNaN(difference))]);
    }

    /// <summary>The same over the users whom both results judge, where they learned from different histories.</summary>
    /// <param name="candidate">The result that is judged.</param>
    /// <param name="reference">What it is held against.</param>
    /// <param name="metric">Any that each user has a value of; users without one in either result are left out.</param>
    /// <exception cref="ArgumentException">The results are over different list lengths.</exception>
    public static PairedComparison CompareShared(RankingResult candidate, RankingResult reference, RankingMetric metric = RankingMetric.Ndcg)
    {
        if (candidate.K != reference.K)
            throw new ArgumentException("Only results over the same list length can be compared.", nameof(reference));
        var (ofCandidate, ofReference) = (candidate.ValuesPerUser(metric), reference.ValuesPerUser(metric));
        var positions = new Dictionary<int, int>();
        for (var position = 0; position < reference.Users.Length; position++)
            positions.Add(reference.Users[position], position);
        var differences = new List<double>();
        for (var position = 0; position < candidate.Users.Length; position++)
        {
            if (positions.TryGetValue(candidate.Users[position], out var other) && ofCandidate[position] - ofReference[other] is var difference && !double.IsNaN(difference))
                differences.Add(difference);
        }

        return PairedComparison.Of([.. differences]);
    }

    /// <summary>
    /// The difference in RMSE; below 0 the candidate is better. Paired by user, whose ratings are not independent of each other: the standard error of the
    /// difference of the mean squared errors is that of a ratio of sums over users, and goes over to the roots by their slope.
    /// </summary>
    /// <exception cref="ArgumentException">The results are over different ratings.</exception>
    public static PairedComparison Compare(RatingResult candidate, RatingResult reference)
    {
        if (!candidate.CountPerUser.SequenceEqual(reference.CountPerUser))
            throw new ArgumentException("Only results over the same ratings can be compared.", nameof(reference));
        var users = Enumerable.Range(0, candidate.CountPerUser.Length).Where(user => candidate.CountPerUser[user] > 0).ToArray();
        var mean = candidate.Count == 0 ? 0 : candidate.Rmse - reference.Rmse;
        if (users.Length < 2)
            return new PairedComparison(mean, new Interval(-1, 1), users.Length);

        var differences = new double[candidate.CountPerUser.Length];
        for (var user = 0; user < differences.Length; user++)
            differences[user] = candidate.SquaresPerUser[user] - reference.SquaresPerUser[user];
        var slope = candidate.Rmse + reference.Rmse is > 0 and var sum ? 1 / sum : 0;
        return PairedComparison.Of(mean, slope * RatingResult.StandardErrorPerRating(differences, candidate.CountPerUser), users.Length);
    }

    /// <summary>Holds predicted ratings against given ones. A pair the model does not know is predicted by the model's own guess from what it knows of the user or the item alone, else by the fallback.</summary>
    /// <param name="model">A model that predicts ratings.</param>
    /// <param name="train">What the model was trained on, over its key maps.</param>
    /// <param name="ratings">|U| x |I|, over the model's key maps.</param>
    /// <param name="options">The scale and the fallback; without them predictions are taken as they are, and pairs that nothing is known of are left out.</param>
    public static RatingResult EvaluateRatings(IScorer model, InteractionDataset train, SparseMatrix ratings, RatingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.RowCount, model.Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.ColumnCount, model.Items.Count);
        options ??= new RatingOptions();
        var predicted = new float[ratings.ColumnCount];
        var squares = new double[ratings.RowCount];
        var counts = new int[ratings.RowCount];
        var (absolutes, unknown) = (0.0, 0);
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var items = ratings.RowColumns(user);
            var given = ratings.RowValues(user);
            model.Score(train.HistoryOf(user), items, predicted);
            for (var position = 0; position < items.Length; position++)
            {
                var prediction = predicted[position];
                if (float.IsNaN(prediction))
                {
                    unknown++;
                    prediction = (model as IRatingScorer)?.Baseline(train.HistoryOf(user), items[position]) is { } guess && !float.IsNaN(guess) ? guess : options.Fallback;
                }

                if (float.IsNaN(prediction))
                    continue;
                var error = (double)Math.Clamp(prediction, options.Min, options.Max) - given[position];
                squares[user] += error * error;
                absolutes += Math.Abs(error);
                counts[user]++;
            }
        }

        var count = counts.Sum();
        return new RatingResult(Math.Sqrt(squares.Sum() / count), absolutes / count, unknown, squares, counts);
    }
}
