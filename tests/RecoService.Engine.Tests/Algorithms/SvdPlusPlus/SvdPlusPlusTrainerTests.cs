using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.SvdPlusPlus;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.SvdPlusPlus;

public sealed class SvdPlusPlusTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.4;

    protected override int NewTasteFloor => 0;

    protected override ITrainer CreateTrainer() =>
        new SvdPlusPlusTrainer(new SvdPlusPlusOptions { Factors = 8, Epochs = 100, LearningRate = 0.03f, Regularization = 0.02f });

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    protected override void Dislike(InteractionDatasetBuilder builder, int user, int item, long time) => Ignore(builder, user, item, time);

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead()
    {
        var exception = Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext()));
        Assert.Contains("bpr", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LearningRateTooHigh_SaysWhatToLower()
    {
        var trainer = new SvdPlusPlusTrainer(new SvdPlusPlusOptions { LearningRate = 1, Epochs = 200 });
        var exception = Assert.Throws<TrainingException>(() => trainer.Train(PlantedTastes().Train, new TrainingContext()));
        Assert.Contains("LearningRate", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OneRating_StepsAsThePaperSays()
    {
        // The user rated item 0 with 4 and looked at items 1 to 3: |N| = 4 and |N|^-1/2 = 1/2. The mean is 4 and the biases begin at 0, so
        // e = 4 - 4 - q0 (p + z) with z = (y0 + y1 + y2 + y3) / 2. With rate 0.5 and Regularization 0.2 everything shrinks by 0.9.
        var dataset = Datasets.Of((0, 0, Datasets.Rating, 4, 0), (0, 1, Datasets.View, 0, 0), (0, 2, Datasets.View, 0, 0), (0, 3, Datasets.View, 0, 0));
        var start = new SvdPlusPlusParameters(dataset.Ratings, dataset.UserItems, factors: 1, seed: 42);
        var (p, q, y) = (start.UserFactors[0][0], start.ItemFactors[0][0], start.TouchFactors.Values);
        var z = y.Sum() / 2;
        var step = 0.5f * -(q * (p + z));
        // p' = 0.9 p + step q; each y' = 0.9 y + step q / 2, four of them halved again: z' = 0.9 z + step q.
        var user = (0.9f * p) + (step * q) + (y.Sum(value => (0.9f * value) + (step * q / 2)) / 2);
        var item = (0.9f * q) + (step * (p + z));

        var options = new SvdPlusPlusOptions { Factors = 1, Epochs = 1, LearningRate = 0.5f, Regularization = 0.2f };
        var model = Assert.IsType<FactorModel>(new SvdPlusPlusTrainer(options).Train(dataset, new TrainingContext(seed: 42)));

        Assert.Equal(user, model.UserFactors[0][0], 1e-6f);
        Assert.Equal(item, model.ItemFactors[0][0], 1e-6f);
        Assert.Equal(step, model.UserBiases[0], 1e-6f);
        Assert.Equal(step, model.ItemBiases[0], 1e-6f);
        Assert.Equal([true, false, false, false], ScoresOf(model, 0).Select(float.IsFinite));
    }

    [Fact]
    public void Train_OneUserOfSeveralRatings_EqualsStepsOfEveryRatingOverEveryRow()
    {
        var dataset = Datasets.Of((0, 0, Datasets.Rating, 4, 0), (0, 1, Datasets.View, 0, 0), (0, 2, Datasets.Rating, 1, 0), (0, 3, Datasets.Rating, 5, 0));
        var options = new SvdPlusPlusOptions { Factors = 3, LearningRate = 0.1f, Regularization = 0.3f, BiasRegularization = 0.4f };
        var expected = new SvdPlusPlusParameters(dataset.Ratings, dataset.UserItems, options.Factors, seed: 42);
        var actual = new SvdPlusPlusParameters(dataset.Ratings, dataset.UserItems, options.Factors, seed: 42);
        var positions = new[] { 0, 1, 2 };
        new SeededRandom(1, 1).Shuffle<int>(positions);

        foreach (var position in positions)
            StepAsThePaperSays(expected, dataset, dataset.Ratings.RowColumns(0)[position], dataset.Ratings.RowValues(0)[position], options);
        var random = new SeededRandom(1, 1);
        new SvdPlusPlusUser(actual, options).Train(0, options.LearningRate, ref random);

        AssertClose(expected.UserFactors.Values, actual.UserFactors.Values);
        AssertClose(expected.ItemFactors.Values, actual.ItemFactors.Values);
        AssertClose(expected.TouchFactors.Values, actual.TouchFactors.Values);
        AssertClose(expected.UserBiases, actual.UserBiases);
        AssertClose(expected.ItemBiases, actual.ItemBiases);
    }

    [Fact]
    public void Score_UserWithoutRatings_IsKnownByWhatHeTouched()
    {
        // Who looked at item 1 rates item 0 high; who looked at item 2 rates it low. Users 100 and 101 only look.
        var dataset = Datasets.Of(
        [
            .. Enumerable.Range(0, 20).SelectMany(user => new[] { (user, 0, Datasets.Rating, user % 2 == 0 ? 5f : 1f, 0L), (user, 1 + (user % 2), Datasets.View, 0f, 0L) }),
            (100, 1, Datasets.View, 0, 0), (101, 2, Datasets.View, 0, 0),
        ]);

        var model = CreateTrainer().Train(dataset, new TrainingContext());

        Assert.InRange(ScoresOf(model, 20)[0] - ScoresOf(model, 21)[0], 0.5f, 5);
    }

    /// <summary>The update rules of section 4 of the paper, one row after the other.</summary>
    private static void StepAsThePaperSays(SvdPlusPlusParameters model, InteractionDataset dataset, int item, float rating, SvdPlusPlusOptions options)
    {
        var (rate, lambda) = (options.LearningRate, options.Regularization);
        var touched = dataset.UserItems.RowColumns(0);
        var scale = 1 / MathF.Sqrt(touched.Length);
        var (oldUser, oldItem) = (model.UserFactors[0].ToArray(), model.ItemFactors[item].ToArray());
        var whole = (float[])oldUser.Clone();
        foreach (var other in touched)
        {
            for (var factor = 0; factor < whole.Length; factor++)
                whole[factor] += scale * model.TouchFactors[other][factor];
        }

        var error = rating - model.Mean - model.UserBiases[0] - model.ItemBiases[item] - VectorMath.Dot(oldItem, whole);
        model.UserBiases[0] += rate * (error - (options.BiasRegularization * model.UserBiases[0]));
        model.ItemBiases[item] += rate * (error - (options.BiasRegularization * model.ItemBiases[item]));
        for (var factor = 0; factor < whole.Length; factor++)
        {
            model.ItemFactors.Row(item)[factor] += rate * ((error * whole[factor]) - (lambda * oldItem[factor]));
            model.UserFactors.Row(0)[factor] += rate * ((error * oldItem[factor]) - (lambda * oldUser[factor]));
            foreach (var other in touched)
                model.TouchFactors.Row(other)[factor] += rate * ((error * scale * oldItem[factor]) - (lambda * model.TouchFactors[other][factor]));
        }
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
