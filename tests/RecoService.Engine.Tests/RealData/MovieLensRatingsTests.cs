using System.Globalization;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
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

    private static double Rmse(InteractionDataset dataset, BiasedMatrixFactorizationOptions options)
    {
        var model = new BiasedMatrixFactorizationTrainer(options).Train(dataset.Where(time => time != HeldOut), new TrainingContext(2));
        var result = OfflineEvaluator.EvaluateRatings(model, dataset.Where(time => time == HeldOut).Ratings);
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
