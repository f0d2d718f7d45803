using MathNet.Numerics.Distributions;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation;

/// <summary>Judges models on what was held out. Models over other key maps than the data's are rebased first.</summary>
public static class OfflineEvaluator
{
    private const int UsersPerBlock = 64;

    /// <summary>
    /// Ranks all items of the dataset except those the user has in the train part, and looks for the relevant ones among the first K.
    /// Users without train history or without relevant items are left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="train">What the model was trained on.</param>
    /// <param name="relevant">|U| x |I|, over the key maps of <paramref name="train"/>; see <see cref="HoldoutItems"/>.</param>
    /// <param name="options">List length, convention, threads.</param>
    /// <param name="ct">Cancels between blocks of users.</param>
    public static RankingResult EvaluateRanking(IScorer model, InteractionDataset train, SparseMatrix relevant, RankingOptions options, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.K, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(relevant.RowCount, train.Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(relevant.ColumnCount, train.Items.Count);
        if (!SameKeys(model.Users, train.Users) || !SameKeys(model.Items, train.Items))
            model = model.Rebase(train.Users, train.Items);

        var withRelevant = Enumerable.Range(0, relevant.RowCount).Where(user => relevant.RowLength(user) > 0).ToArray();
        var users = Array.FindAll(withRelevant, user => train.UserCount(user) > 0);
        var perUser = new UserMetrics[users.Length];
        var listed = new ulong[Bits.WordsFor(train.Items.Count)];
        var trainItems = train.UserItems;
        new TrainingContext(options.Threads, cancellationToken: ct).ForEachBlock((users.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var ranker = new Ranker(model, trainItems, options.K);
            var end = Math.Min((block + 1) * UsersPerBlock, users.Length);
            for (var place = block * UsersPerBlock; place < end; place++)
                perUser[place] = UserMetrics.Of(ranker.Rank(users[place]), relevant.RowColumns(users[place]), options.K, options.IdealDcg);
            ranker.MergeListedInto(listed);
        });

        var listedCount = listed.Sum(System.Numerics.BitOperations.PopCount);
        var coverage = train.Items.Count == 0 ? 0 : (double)listedCount / train.Items.Count;
        return new RankingResult(options.K, users, perUser, withRelevant.Length - users.Length, coverage);
    }

    /// <summary>The difference in nDCG, user by user.</summary>
    /// <exception cref="ArgumentException">The results are over different users or list lengths.</exception>
    public static PairedComparison Compare(RankingResult candidate, RankingResult reference)
    {
        if (candidate.K != reference.K || !candidate.Users.SequenceEqual(reference.Users))
            throw new ArgumentException("Only results over the same users and the same list length can be compared.", nameof(reference));

        var count = candidate.UserCount;
        var differences = new double[count];
        for (var user = 0; user < count; user++)
            differences[user] = candidate.NdcgPerUser[user] - reference.NdcgPerUser[user];
        var mean = count == 0 ? 0 : differences.Average();
        if (count < 2)
            return new PairedComparison(mean, new Interval(-1, 1), count);

        var variance = differences.Sum(difference => (difference - mean) * (difference - mean)) / (count - 1);
        var margin = StudentT.InvCDF(0, 1, count - 1, 0.975) * Math.Sqrt(variance / count);
        return new PairedComparison(mean, new Interval(mean - margin, mean + margin), count);
    }

    /// <summary>Holds predicted ratings against given ones. A pair the model does not know is predicted by a factor model's mean and whichever biases it knows, else by <paramref name="fallback"/>.</summary>
    /// <param name="model">A model that predicts ratings.</param>
    /// <param name="ratings">|U| x |I|, over the model's key maps.</param>
    /// <param name="fallback">What a pair is predicted as that nothing is known of; the mean of the training ratings, say. Without it such pairs count as unknown and are left out of the errors.</param>
    public static RatingResult EvaluateRatings(IScorer model, SparseMatrix ratings, float fallback = float.NaN)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.RowCount, model.Users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.ColumnCount, model.Items.Count);
        var predicted = new float[ratings.ColumnCount];
        var (squares, absolutes, count, unknown) = (0.0, 0.0, 0, 0);
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var items = ratings.RowColumns(user);
            var given = ratings.RowValues(user);
            model.Score(user, items, predicted);
            for (var place = 0; place < items.Length; place++)
            {
                var prediction = predicted[place];
                if (float.IsNaN(prediction))
                {
                    unknown++;
                    prediction = model is FactorModel { HasBiases: true } factors ? factors.Baseline(user, items[place]) : fallback;
                }

                if (float.IsNaN(prediction))
                    continue;
                var error = (double)prediction - given[place];
                squares += error * error;
                absolutes += Math.Abs(error);
                count++;
            }
        }

        return count == 0 ? new RatingResult(double.NaN, double.NaN, 0, unknown) : new RatingResult(Math.Sqrt(squares / count), absolutes / count, count, unknown);
    }

    private static bool SameKeys(KeyMap left, KeyMap right) => ReferenceEquals(left, right) || left.Keys.SequenceEqual(right.Keys);

    /// <summary>What one thread needs to rank user after user without allocating.</summary>
    private sealed class Ranker(IScorer model, SparseMatrix trainItems, int k)
    {
        private readonly ulong[] blocked = new ulong[Bits.WordsFor(trainItems.ColumnCount)];
        private readonly ulong[] listed = new ulong[Bits.WordsFor(trainItems.ColumnCount)];
        private readonly TopK best = new(k);
        private readonly int[] items = new int[k];
        private readonly float[] scores = new float[k];

        public ReadOnlySpan<int> Rank(int user)
        {
            var seen = trainItems.RowColumns(user);
            foreach (var item in seen)
                Bits.Set(blocked, item);
            model.Retrieve(user, blocked, best);
            foreach (var item in seen)
                Bits.Clear(blocked, item);

            var list = items.AsSpan(0, best.Drain(items, scores));
            foreach (var item in list)
                Bits.Set(listed, item);
            return list;
        }

        public void MergeListedInto(ulong[] total)
        {
            for (var word = 0; word < listed.Length; word++)
                Interlocked.Or(ref total[word], listed[word]);
        }
    }
}
