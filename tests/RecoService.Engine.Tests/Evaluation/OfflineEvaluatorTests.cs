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

        var result = OfflineEvaluator.EvaluateRatings(model, ratings);

        Assert.Equal((3, 2), (result.Count, result.UnknownCount));
        Assert.Equal(Math.Sqrt((0.25 + 1 + 2.25) / 3), result.Rmse, 1e-6);
        Assert.Equal((0.5 + 1 + 1.5) / 3, result.Mae, 1e-6);
    }

    [Fact]
    public void EvaluateRatings_ModelWithoutAMean_UsesTheFallbackOrLeavesOut()
    {
        var model = new FixedScorer(KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2]), (_, item) => item == 0 ? 4 : float.NaN);
        var ratings = SparseMatrix.FromEntries(1, 2, [0, 0], [0, 1], [4, 1]);

        Assert.Equal(new RatingResult(0, 0, 1, 1), OfflineEvaluator.EvaluateRatings(model, ratings));
        Assert.Equal(new RatingResult(Math.Sqrt(2), 1, 2, 1), OfflineEvaluator.EvaluateRatings(model, ratings, fallback: 3));
    }

    private static RankingResult Evaluate(FixedScorer model, int k, int threads = 1) =>
        OfflineEvaluator.EvaluateRanking(model, Train, Holdout.Relevant, new RankingOptions(k, IdealDcg.AtMostK, threads), TestContext.Current.CancellationToken);

    private static RankingResult Result(params double[] ndcgPerUser) => new(
        10, [.. Enumerable.Range(0, ndcgPerUser.Length)], Array.ConvertAll(ndcgPerUser, ndcg => default(UserMetrics) with { Ndcg = ndcg }), 0, 0);
}
