using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.RatingUserKnn;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The preset <c>ml-100k-rating</c>: MovieLens 100K, the five official folds. Harper, Konstan, ACM TiiS 5(4), 2015.</summary>
public sealed class MovieLensRatingsTests
{
    private static PresetData Preset => PresetData.Of("ml-100k-rating");

    /// <summary>Published are 0.934, 0.919, 0.931, 0.946 and 0.963, on random folds; figures up to 0.01 apart mean nothing.</summary>
    [Theory]
    [InlineData("biased-mf", 0.925)]
    [InlineData("svd++", 0.912)]
    [InlineData("rating-knn", 0.931)]
    [InlineData("rating-user-knn", 0.931)]
    [InlineData("slope-one", 0.956)]
    [InlineData("nmf", 0.973)]
    public void Evaluate_FiveOfficialFolds_ReachesThePublishedClass(string trainer, double highest)
    {
        var result = Preset.Evaluate(trainer);

        Assert.Equal(100_000, result.Ratings!.Count);
        Assert.InRange(result.Values["RMSE"], 0.85, highest);
    }

    /// <summary>Those of Surprise's README (Hug, JOSS 5(52), 2020): 40 neighbouring users, similar by MSD without shrinkage, sought among all users; on five random folds.</summary>
    [Theory]
    [InlineData(RatingCentering.None, 0.980, 0.774)]
    [InlineData(RatingCentering.Mean, 0.951, 0.749)]
    [InlineData(RatingCentering.Baseline, 0.931, 0.733)]
    public void Evaluate_NeighbouringUsersAsPublished_ReachTheFiguresToo(RatingCentering centering, double rmse, double mae)
    {
        var values = Preset.Evaluate(
            "rating-user-knn",
            new RatingUserKnnOptions { Centering = centering, Similarity = RatingSimilarity.Msd, Shrinkage = 0, Neighbours = 40, MinNeighbours = 1, StoredNeighbours = 1000 }).Values;

        Assert.Equal(rmse, values["RMSE"], 0.003);
        Assert.Equal(mae, values["MAE"], 0.003);
    }

    [Fact]
    public void Evaluate_BiasesAlone_AreWorseThanFactors()
    {
        var biases = Preset.Evaluate("biased-mf", new BiasedMatrixFactorizationOptions { Factors = 0, Epochs = 20 }).Values["RMSE"];

        Assert.InRange(biases, 0.935, 0.96);
        Assert.InRange(Preset.Evaluate("biased-mf", new BiasedMatrixFactorizationOptions()).Values["RMSE"], 0.85, biases - 0.005);
    }
}
