using System.Globalization;
using RecoService.Engine.Algorithms.NonNegativeFactorization;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.RealData;

/// <summary>MovieLens 100K, the five official folds: fold k trains on u.data minus uk.test. Harper, Konstan, ACM TiiS 5(4), 2015.</summary>
public sealed class MovieLensNonNegativeTests
{
    private const long HeldOut = 1;

    /// <summary>0.963 is published for the same factors, epochs and regularization on random folds; the official ones are a little harder.</summary>
    [Fact]
    public void Train_FiveOfficialFolds_ReachesThePublishedClass()
    {
        var folder = SharedData.FolderOrSkip("ml-100k");
        var ratings = Read(Path.Combine(folder, "u.data"));
        var rmse = 0.0;
        for (var fold = 1; fold <= 5; fold++)
            rmse += RmseOf(ratings, [.. Read(Path.Combine(folder, $"u{fold}.test")).Select(rating => (rating.User, rating.Item))]) / 5;

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE {rmse:F4}"));
        Assert.InRange(rmse, 0.90, 0.975);
    }

    private static double RmseOf(List<(int User, int Item, float Value)> ratings, HashSet<(int User, int Item)> test)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var (user, item, value) in ratings)
            builder.Add(user, item, Datasets.Rating, value, test.Contains((user, item)) ? HeldOut : 0);
        var all = builder.Build();
        var train = all.Where(time => time != HeldOut);
        var model = new NonNegativeFactorizationTrainer(new NonNegativeFactorizationOptions()).Train(train, new TrainingContext(2));
        var result = OfflineEvaluator.EvaluateRatings(model, train, all.Where(time => time == HeldOut).Ratings, RatingOptions.For(train));
        Assert.Equal(20_000, result.Count);
        return result.Rmse;
    }

    private static List<(int User, int Item, float Value)> Read(string path) =>
    [
        .. from line in File.ReadLines(path)
           let fields = line.Split('\t')
           select (int.Parse(fields[0]), int.Parse(fields[1]), float.Parse(fields[2], CultureInfo.InvariantCulture)),
    ];
}
