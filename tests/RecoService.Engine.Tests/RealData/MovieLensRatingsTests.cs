using System.Globalization;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Algorithms.RatingUserKnn;
using RecoService.Engine.Algorithms.SlopeOne;
using RecoService.Engine.Algorithms.SvdPlusPlus;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.RealData;

/// <summary>MovieLens 100K, the five official folds: fold k trains on u.data minus uk.test. Harper, Konstan, ACM TiiS 5(4), 2015.</summary>
public sealed class MovieLensRatingsTests
{
    private const long HeldOut = 1;

    [Fact]
    public void Train_FiveOfficialFolds_BeatsBiasesAlone()
    {
        var folder = SharedData.FolderOrSkip("ml-100k");
        var ratings = ReadRatings(Path.Combine(folder, "u.data"));
        var (model, biases) = (0.0, 0.0);
        for (var fold = 1; fold <= 5; fold++)
        {
            var dataset = DatasetOf(ratings, [.. ReadRatings(Path.Combine(folder, $"u{fold}.test")).Select(rating => (rating.User, rating.Item))]);
            model += Rmse(dataset, new BiasedMatrixFactorizationOptions()) / 5;
            biases += Rmse(dataset, new BiasedMatrixFactorizationOptions { Factors = 0, Epochs = 20 }) / 5;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE {model:F4}, biases alone {biases:F4}"));
        Assert.InRange(biases, 0.90, 0.96);
        Assert.InRange(model, 0.85, Math.Min(0.935, biases - 0.005));
    }

    [Fact]
    public void Train_SvdPlusPlusOnTheFirstTwoFolds_BeatsBiasedFactors()
    {
        var folder = SharedData.FolderOrSkip("ml-100k");
        var ratings = ReadRatings(Path.Combine(folder, "u.data"));
        var rmse = 0.0;
        for (var fold = 1; fold <= 2; fold++)
        {
            var dataset = DatasetOf(ratings, [.. ReadRatings(Path.Combine(folder, $"u{fold}.test")).Select(rating => (rating.User, rating.Item))]);
            rmse += Rmse(dataset, new SvdPlusPlusTrainer(new SvdPlusPlusOptions())) / 2;
        }

        // The five folds are 0.921, 0.911, 0.904, 0.906 and 0.908, their mean 0.910; that of the first two is 0.916.
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE {rmse:F4}"));
        Assert.InRange(rmse, 0.85, 0.918);
    }

    [Fact]
    public void Train_FiveOfficialFolds_NeighboursReachThePublishedFigures()
    {
        var folder = SharedData.FolderOrSkip("ml-100k");
        var ratings = ReadRatings(Path.Combine(folder, "u.data"));
        var (neighbours, slopes) = (0.0, 0.0);
        for (var fold = 1; fold <= 5; fold++)
        {
            var dataset = DatasetOf(ratings, [.. ReadRatings(Path.Combine(folder, $"u{fold}.test")).Select(rating => (rating.User, rating.Item))]);
            neighbours += Rmse(dataset, new RatingKnnTrainer(new RatingKnnOptions())) / 5;
            slopes += Rmse(dataset, new SlopeOneTrainer(new SlopeOneOptions())) / 5;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE k-NN {neighbours:F4}, slope one {slopes:F4}"));
        Assert.InRange(neighbours, 0.90, 0.931);
        Assert.InRange(slopes, 0.92, 0.946 + 0.01);
    }

    /// <summary>Those of Surprise's README (Hug, JOSS 5(52), 2020): 40 neighbouring users, similar by MSD without shrinkage; on five random folds.</summary>
    [Theory]
    [InlineData(RatingCentering.None, 0.980)]
    [InlineData(RatingCentering.Mean, 0.951)]
    [InlineData(RatingCentering.Baseline, 0.931)]
    public void Train_NeighbouringUsersAsPublished_ReachTheFiguresToo(RatingCentering centering, double published)
    {
        var folder = SharedData.FolderOrSkip("ml-100k");
        var ratings = ReadRatings(Path.Combine(folder, "u.data"));
        // Its neighbours are sought among all 943 users.
        var options = new RatingUserKnnOptions { Centering = centering, Similarity = RatingSimilarity.Msd, Shrinkage = 0, Neighbours = 40, MinNeighbours = 1, StoredNeighbours = 1000 };
        var (asPublished, byDefault) = (0.0, 0.0);
        for (var fold = 1; fold <= 5; fold++)
        {
            var dataset = DatasetOf(ratings, [.. ReadRatings(Path.Combine(folder, $"u{fold}.test")).Select(rating => (rating.User, rating.Item))]);
            asPublished += Rmse(dataset, new RatingUserKnnTrainer(options)) / 5;
            if (centering == RatingCentering.Baseline)
                byDefault += Rmse(dataset, new RatingUserKnnTrainer(new RatingUserKnnOptions())) / 5;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE {asPublished:F4} beside {published:F3}, by default {byDefault:F4}"));
        Assert.Equal(published, asPublished, 0.003);
        Assert.InRange(byDefault, 0, 0.923);
    }

    private static double Rmse(InteractionDataset dataset, BiasedMatrixFactorizationOptions options) => Rmse(dataset, new BiasedMatrixFactorizationTrainer(options));

    private static double Rmse(InteractionDataset dataset, ITrainer trainer)
    {
        var train = dataset.Where(time => time != HeldOut);
        var model = trainer.Train(train, new TrainingContext(2));
        var result = OfflineEvaluator.EvaluateRatings(model, train, dataset.Where(time => time == HeldOut).Ratings);
        Assert.Equal(20_000, result.Count);
        return result.Rmse;
    }

    private static InteractionDataset DatasetOf(List<(int User, int Item, float Value)> ratings, HashSet<(int User, int Item)> test)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var (user, item, value) in ratings)
            builder.Add(user, item, Datasets.Rating, value, test.Contains((user, item)) ? HeldOut : 0);
        return builder.Build();
    }

    private static List<(int User, int Item, float Value)> ReadRatings(string path) =>
    [
        .. from line in File.ReadLines(path)
           let fields = line.Split('\t')
           select (int.Parse(fields[0]), int.Parse(fields[1]), float.Parse(fields[2], CultureInfo.InvariantCulture)),
    ];
}
