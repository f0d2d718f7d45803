using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class OfflineEvaluatorTests
{
    private const long Cut = 1_000;

    /// <summary>Items 0..5. User 0 has 5 and later takes 1 and 5; user 1 has 0 and later 4; user 2 is a stranger who takes 2; user 3 has 3 and does nothing more.</summary>
    private static readonly InteractionDataset All = Datasets.Of(
        (0, 5, Datasets.Purchase, 0, 1), (1, 0, Datasets.Purchase, 0, 2), (3, 3, Datasets.Purchase, 0, 3),
        (0, 1, Datasets.Purchase, 0, Cut), (0, 5, Datasets.Purchase, 0, Cut), (1, 4, Datasets.Purchase, 0, Cut), (2, 2, Datasets.Purchase, 0, Cut), (3, 1, Datasets.Dislike, 0, Cut));

    private static readonly InteractionDataset Train = All.Where(time => time < Cut);

    private static readonly HoldoutItems Holdout = HoldoutItems.From(Train, All.Where(time => time >= Cut));

    [Fact]
    public void From_Holdout_KeepsNewPositivesAndCountsStrangers()
    {
        Assert.Equal([(0, 1), (1, 4), (2, 2)], Holdout.Relevant.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal(1, Holdout.StrangerCount);
    }

    [Fact]
    public void From_PartsOfDifferentDatasets_Throws() =>
        Assert.Throws<ArgumentException>(() => HoldoutItems.From(Train, Datasets.Empty));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EvaluateRanking_LowIndexesFirst_EqualsHandComputed(int threads)
    {
        // Everybody is shown the lowest indexes he does not have. User 0: 0, 1 -> a hit at rank 2. User 1: 1, 2 -> none. Items shown: 0, 1, 2.
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => -item);

        var result = Evaluate(model, k: 2, threads);

        Assert.Equal([0, 1], result.Users);
        Assert.Equal((2, 1, 2), (result.UserCount, result.StrangerCount, result.K));
        Assert.Equal([1 / Math.Log2(3), 0], result.NdcgPerUser);
        Assert.Equal(0.5 / Math.Log2(3), result.NdcgAtK, 1e-12);
        Assert.Equal(0.5, result.RecallAtK, 1e-12);
        Assert.Equal(0.25, result.PrecisionAtK, 1e-12);
        Assert.Equal(0.25, result.MapAtK, 1e-12);
        Assert.Equal(0.25, result.MrrAtK, 1e-12);
        Assert.Equal(0.5, result.HitRateAtK, 1e-12);
        Assert.Equal(3.0 / 6, result.CoverageAtK, 1e-12);
    }

    [Fact]
    public void EvaluateRanking_TrainItemsScoredHighest_AreNotRanked()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item);
        // User 0 owns 5, so he gets 4; user 1 gets 5.
        Assert.Equal(2.0 / 6, Evaluate(model, k: 1).CoverageAtK, 1e-12);
    }

    [Fact]
    public void EvaluateRanking_ModelOverOtherKeys_IsRebased()
    {
        // The model's own index 0 is item key 4, its index 1 is item key 1.
        var model = new FixedScorer(KeyMap.FromAscending([0, 1]), KeyMap.FromAscending([1, 4]), (_, item) => item);
        Assert.Equal([0.0, 1], Evaluate(model, k: 1).NdcgPerUser);
        Assert.Equal([1 / Math.Log2(3), 1], Evaluate(model, k: 2).NdcgPerUser);
    }

    [Fact]
    public void EvaluateRanking_NobodyToJudge_IsAllZero()
    {
        var empty = Datasets.Empty;
        var result = OfflineEvaluator.EvaluateRanking(
            new FixedScorer(empty.Users, empty.Items, (_, _) => 0), empty, SparseMatrix.Empty(0, 0), new RankingOptions(), TestContext.Current.CancellationToken);
        Assert.Equal((0, 0.0, 0.0), (result.UserCount, result.NdcgAtK, result.CoverageAtK));
    }

    [Fact]
    public void EvaluateRanking_Cancelled_Throws()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item);
        Assert.Throws<OperationCanceledException>(() =>
            OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, new RankingOptions(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void EvaluateRanking_SeveralCutOffs_EqualOneAtATime()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (user, item) => ((user * 7) + (item * 5)) % 6);
        var options = new RankingOptions { DiversityUsers = 10 };

        var together = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, [1, 3, 5], options, TestContext.Current.CancellationToken);

        Assert.Equal([1, 3, 5], together.Select(result => result.K));
        foreach (var result in together)
        {
            var alone = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, options with { K = result.K }, TestContext.Current.CancellationToken);
            Assert.All(Enum.GetValues<RankingMetric>(), metric => Assert.Equal(alone[metric], result[metric]));
        }
    }

    [Fact]
    public void EvaluateRanking_CutOffBelowOneOrNone_Throws()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item);
        foreach (var cutOffs in new int[][] { [], [5, 0] })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, cutOffs, new RankingOptions(), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void EvaluateRanking_NoveltyDiversityAndBias_EqualHandComputed()
    {
        // Train: users 0..3; item 0 has users 0, 1, 2, item 1 users 0, 1, item 2 user 3, item 3 nobody. User 3 is the one to judge: he is shown 0, 1, 3.
        var train = Datasets.OfPurchases((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (3, 2), (4, 3)).Where([true, true, true, true, true, true, false]);
        var relevant = SparseMatrix.FromEntries(5, 4, [3], [1], [1]);
        var model = new FixedScorer(train.Users, train.Items, (_, item) => -item);

        var results = OfflineEvaluator.EvaluateRanking(
            model, train, relevant, [2, 3], new RankingOptions { DiversityUsers = 1 }, TestContext.Current.CancellationToken);

        // Four users train. At 2: -log2(3/4) = 0.415037 and -log2(2/4) = 1, mean 0.707519. At 3, item 3 counts as one user's: -log2(1/4) = 2, mean 1.138346.
        Assert.Equal(0.707519, results[0].NoveltyAtK, 1e-6);
        Assert.Equal(1.138346, results[1].NoveltyAtK, 1e-6);

        // Cosine of 0 and 1: 2 / sqrt(3 * 2) = 0.816497; with item 3 both are 0. At 2: 1 - 0.816497; at 3: 1 - 0.816497 / 3.
        Assert.Equal(0.183503, results[0].DiversityAtK, 1e-6);
        Assert.Equal(0.727834, results[1].DiversityAtK, 1e-6);

        // Listed at 2: 1, 1, 0, 0; ascending 0 0 1 1, weights -3 -1 1 3: (1 + 3) / (4 * 2) = 0.5. At 3: 0 1 1 1: (-1 + 1 + 3) / (4 * 3) = 0.25.
        Assert.Equal(0.5, results[0].PopularityBiasAtK, 1e-12);
        Assert.Equal(0.25, results[1].PopularityBiasAtK, 1e-12);
        Assert.Equal([0.5, 0.75], results.Select(result => result.CoverageAtK));
    }

    [Fact]
    public void EvaluateRanking_DiversityOfAFewUsers_IsMeasuredOnSoMany()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item);
        var none = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, new RankingOptions(2), TestContext.Current.CancellationToken);
        var one = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, new RankingOptions(2) { DiversityUsers = 1 }, TestContext.Current.CancellationToken);

        Assert.Equal(double.NaN, none.DiversityAtK);
        Assert.Equal([1, double.NaN], one.ValuesPerUser(RankingMetric.Diversity));
    }

    [Fact]
    public void EvaluateRanking_Candidates_RanksOnlyThese()
    {
        // User 0 may be shown 0, 1 and 5, of which he has 5; user 1 only 3, which is not what he took.
        var candidates = SparseMatrix.FromEntries(4, 6, [0, 0, 0, 1], [0, 1, 5, 3], [1, 1, 1, 1]);
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item);

        var result = OfflineEvaluator.EvaluateRanking(
            model, Train, Holdout.Relevant, new RankingOptions(1) { Candidates = candidates }, TestContext.Current.CancellationToken);

        Assert.Equal([1.0, 0], result.NdcgPerUser);
        Assert.Equal(2.0 / 6, result.CoverageAtK, 1e-12);
    }

    [Fact]
    public void EvaluateRanking_StrangersJudged_AreAmongTheUsers()
    {
        var model = new FixedScorer(Train.Users, Train.Items, (_, item) => item == 2 ? 1 : 0);
        var result = OfflineEvaluator.EvaluateRanking(
            model, Train, Holdout.Relevant, new RankingOptions(1) { JudgeStrangers = true }, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2], result.Users);
        Assert.Equal([0.0, 0, 1], result.NdcgPerUser);
        Assert.Equal(0, result.StrangerCount);
    }

    [Fact]
    public void EvaluateRanking_TiesAsSelected_RanksWhatIsKnownAndNotSeen()
    {
        // Item 3 is unknown; the rest differ, so every order of ties gives the same list.
        var model = new FixedScorer(Train.Users, Train.Items, (user, item) => item == 3 ? float.NaN : (user + 1) * item);
        foreach (var k in new[] { 1, 2, 5, 6, 9 })
        {
            var options = new RankingOptions(k);
            var lower = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, options, TestContext.Current.CancellationToken);
            var selected = OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, options with { Ties = TieOrder.AsSelected }, TestContext.Current.CancellationToken);
            Assert.All(Enum.GetValues<RankingMetric>(), metric => Assert.Equal(lower[metric], selected[metric]));
        }
    }

    [Fact]
    public void NewItems_HoldoutWithItemsNobodyHad_KeepsOnlyThese()
    {
        // 0, 3 and 5 were bought before; of the relevant 1, 4 and 2 none was.
        Assert.Equal(Holdout.Relevant.Entries(), Holdout.NewItems(Train).Entries());

        var later = All.Where(time => time < Cut || time == Cut);
        Assert.Empty(new HoldoutItems(Holdout.Relevant, 0).NewItems(later).Entries());
    }

    [Fact]
    public void OfFolds_TwoFolds_CountsEveryUserOfEveryFold()
    {
        var folds = RankingResult.OfFolds([Result(0.2, 0.4), Result(0.9)]);

        Assert.Equal((3, 10), (folds.UserCount, folds.K));
        Assert.Equal([0, 1, 0], folds.Users);
        Assert.Equal(0.5, folds.NdcgAtK, 1e-12);
    }

    [Fact]
    public void Compare_AnotherMetric_LeavesOutUsersWithoutAValue()
    {
        var candidate = new RankingResult(10, [0, 1, 2], [.. new[] { 3, double.NaN, 1 }.Select(bits => default(UserMetrics) with { Novelty = bits })], 0, 0);
        var reference = new RankingResult(10, [0, 1, 2], [.. new[] { 2.0, 2, 1 }.Select(bits => default(UserMetrics) with { Novelty = bits })], 0, 0);

        // Differences 1 and 0: mean 0.5, deviation sqrt 0.5, t(1, 0.975) = 12.706205, so 0.5 -+ 12.706205 * 0.707107 / sqrt 2 = 0.5 -+ 6.353102.
        var comparison = OfflineEvaluator.Compare(candidate, reference, RankingMetric.Novelty);
        Assert.Equal((2, 0.5), (comparison.UserCount, comparison.Mean));
        Assert.Equal(-5.853102, comparison.Interval.Low, 1e-5);

        Assert.Throws<ArgumentOutOfRangeException>(() => OfflineEvaluator.Compare(candidate, reference, RankingMetric.Coverage));
    }

    [Fact]
    public void Compare_ThreeUsers_EqualsHandComputed()
    {
        // Differences 0.1, 0.3, 0.2: mean 0.2, deviation 0.1, t(2, 0.975) = 4.302653, so 0.2 -+ 4.302653 * 0.1 / sqrt 3 = 0.2 -+ 0.248414.
        var comparison = OfflineEvaluator.Compare(Result(0.5, 0.5, 0.5), Result(0.4, 0.2, 0.3));

        Assert.Equal(3, comparison.UserCount);
        Assert.Equal(0.2, comparison.Mean, 1e-12);
        Assert.Equal(-0.048414, comparison.Interval.Low, 1e-6);
        Assert.Equal(0.448414, comparison.Interval.High, 1e-6);
    }

    [Fact]
    public void Compare_FewerThanTwoUsers_SaysNothing()
    {
        Assert.Equal(new PairedComparison(0, new Interval(-1, 1), 0), OfflineEvaluator.Compare(Result(), Result()));
        Assert.Equal(new Interval(-1, 1), OfflineEvaluator.Compare(Result(1), Result(0)).Interval);
    }

    [Fact]
    public void Compare_DifferentUsers_Throws() => Assert.Throws<ArgumentException>(() => OfflineEvaluator.Compare(Result(1), Result(1, 1)));

    [Fact]
    public void EvaluateRatings_KnownAndUnknownPairs_EqualsHandComputed()
    {
        // Mean 3. (0, 0): 3 + 1 + 0.5 = 4.5 against 4: 0.5. (0, 1): item unknown, 3 + 1 = 4 against 5: 1. (1, 0): user unknown, 3.5 against 2: 1.5.
        var model = new FactorModel(
            KeyMap.FromAscending([1, 2]), KeyMap.FromAscending([1, 2]), new FactorMatrix(2, 0), new FactorMatrix(2, 0), 3, [1, float.NaN], [0.5f, float.NaN]);
        var ratings = SparseMatrix.FromEntries(2, 2, [0, 0, 1], [0, 1, 0], [4, 5, 2]);

        var result = OfflineEvaluator.EvaluateRatings(model, Datasets.OfPurchases((1, 1), (2, 2)), ratings);

        Assert.Equal((3, 2), (result.Count, result.UnknownCount));
        Assert.Equal(Math.Sqrt((0.25 + 1 + 2.25) / 3), result.Rmse, 1e-6);
        Assert.Equal((0.5 + 1 + 1.5) / 3, result.Mae, 1e-6);
    }

    [Fact]
    public void EvaluateRatings_ModelWithoutAMean_UsesTheFallbackOrLeavesOut()
    {
        var model = new FixedScorer(KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2]), (_, item) => item == 0 ? 4 : float.NaN);
        var ratings = SparseMatrix.FromEntries(1, 2, [0, 0], [0, 1], [4, 1]);
        var train = Datasets.OfPurchases((1, 1), (1, 2));

        var without = OfflineEvaluator.EvaluateRatings(model, train, ratings);
        Assert.Equal((0, 0, 1, 1), (without.Rmse, without.Mae, without.Count, without.UnknownCount));
        var with = OfflineEvaluator.EvaluateRatings(model, train, ratings, new RatingOptions(Fallback: 3));
        Assert.Equal((Math.Sqrt(2), 1, 2, 1), (with.Rmse, with.Mae, with.Count, with.UnknownCount));
    }

    [Fact]
    public void EvaluateRatings_PredictionsOffTheScale_AreClipped()
    {
        // Predicted 7 and -2, on 1..5 taken for 5 and 1; given 4 and 3: errors 1 and -2.
        var model = new FixedScorer(KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2]), (_, item) => item == 0 ? 7 : -2);
        var ratings = SparseMatrix.FromEntries(1, 2, [0, 0], [0, 1], [4, 3]);

        var result = OfflineEvaluator.EvaluateRatings(model, Datasets.OfPurchases((1, 1), (1, 2)), ratings, new RatingOptions(Min: 1, Max: 5));

        Assert.Equal(Math.Sqrt(2.5), result.Rmse, 1e-12);
        Assert.Equal(1.5, result.Mae, 1e-12);
    }

    [Fact]
    public void EvaluateRatings_NoRatings_IsNotANumber()
    {
        var model = new FixedScorer(KeyMap.FromAscending([1]), KeyMap.FromAscending([1]), (_, _) => 1);
        Assert.Equal(double.NaN, OfflineEvaluator.EvaluateRatings(model, Datasets.OfPurchases((1, 1)), SparseMatrix.Empty(1, 1)).Rmse);
    }

    [Fact]
    public void RatingOptionsFor_TrainPart_TakesItsMeanAndScale()
    {
        var train = Datasets.Of((0, 0, Datasets.Rating, 4, 0), (0, 1, Datasets.Rating, 1, 1), (1, 0, Datasets.Rating, 2.5f, 2));
        Assert.Equal(new RatingOptions(2.5f, InteractionKinds.Default.RatingMin, InteractionKinds.Default.RatingMax), RatingOptions.For(train));
        Assert.Equal(float.NaN, RatingOptions.For(Datasets.Empty).Fallback);
    }

    [Fact]
    public void OfFolds_TwoFoldsOfRatings_IsTheMeanOfTheirErrors()
    {
        var folds = RatingResult.OfFolds([new(0.8, 0.5, 1, [2, 1], [2, 1]), new(1.2, 0.7, 0, [4, 0], [1, 0])]);
        Assert.Equal((1.0, 0.6, 4, 1), (folds.Rmse, Math.Round(folds.Mae, 12), folds.Count, folds.UnknownCount));
        Assert.Equal([6.0, 1], folds.SquaresPerUser);
        Assert.Equal([3, 1], folds.CountPerUser);
    }

    [Fact]
    public void Compare_Ratings_EqualsHandComputed()
    {
        // Three users with 1, 2 and 1 ratings, 4 in all. Squares 1, 4, 3 = 8: RMSE sqrt 2; reference 0, 1, 0 = 1: RMSE 0.5. RMSE difference 0.914214.
        // Differences of the squares 1, 3, 3 = 7, 1.75 a rating; residuals 1 - 1.75, 3 - 3.5, 3 - 1.75 = -0.75, -0.5, 1.25, squares 2.375; times 3/2 = 3.5625.
        // Standard error of the mean square: sqrt 3.5625 / 4 = 0.471865, of the root: / (1.414214 + 0.5) = 0.246506; t(2, 0.975) = 4.302653: -+ 1.060630.
        var candidate = new RatingResult(Math.Sqrt(2), 1, 0, [1, 4, 0, 3], [1, 2, 0, 1]);
        var reference = new RatingResult(0.5, 1, 0, [0, 1, 0, 0], [1, 2, 0, 1]);

        var comparison = OfflineEvaluator.Compare(candidate, reference);

        Assert.Equal(3, comparison.UserCount);
        Assert.Equal(0.914214, comparison.Mean, 1e-6);
        Assert.Equal(0.914214 - 1.060630, comparison.Interval.Low, 1e-5);
        Assert.Equal(0.914214 + 1.060630, comparison.Interval.High, 1e-5);
        Assert.Throws<ArgumentException>(() => OfflineEvaluator.Compare(candidate, new RatingResult(1, 1, 0, [1], [1])));
    }

    private static RankingResult Evaluate(FixedScorer model, int k, int threads = 1) =>
        OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, new RankingOptions(k, IdealDcg.AtMostK, threads), TestContext.Current.CancellationToken);

    private static RankingResult Result(params double[] ndcgPerUser) => new(
        10, [.. Enumerable.Range(0, ndcgPerUser.Length)], Array.ConvertAll(ndcgPerUser, ndcg => default(UserMetrics) with { Ndcg = ndcg }), 0, 0);
}
