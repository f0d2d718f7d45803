using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Bpr;

public sealed class BprTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.42;

    protected override ITrainer CreateTrainer() => new BprTrainer(new BprOptions { Factors = 8, Epochs = 150, LearningRate = 0.05f, Regularization = 0.01f, NegativeExponent = 0 });

    /// <summary>Users keep their rows, told by their index alone; what a history says depends on which items there are to be against.</summary>
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());

        var rebased = model.Rebase(KeyMap.FromAscending([3, 8, 1_000_000]), KeyMap.FromAscending([-7, 2, 40]));

        var expected = ScoresOf(model, 8);
        Assert.Equal([float.NaN, expected[2], expected[40]], ScoresOf(rebased, 1));
        Assert.All(ScoresOf(rebased, 2), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Train_OneTriple_StepsAsThePaperSays()
    {
        // Users 0 and 1 each want one of two items, so the unseen item can only be the other one.
        var dataset = Datasets.OfPurchases((0, 0), (1, 1));
        var options = new BprOptions { Factors = 1, Epochs = 1, LearningRate = 0.5f, Regularization = 0.1f, NegativeRegularization = 0.2f, BiasRegularization = 0.4f };
        var start = new BprParameters(2, 2, 1, seed: 42);
        var (p0, p1) = (start.UserFactors[0][0], start.UserFactors[1][0]);
        var (q0, q1) = (start.ItemFactors[0][0], start.ItemFactors[1][0]);
        // User 0 first: x = b0 - b1 + p0 (q0 - q1), step = 0.5 sigmoid(-x); shrinks 1 - 0.5 * 0.1 = 0.95, 1 - 0.5 * 0.2 = 0.9, biases 1 - 0.5 * 0.4 = 0.8.
        var step = 0.5f / (1 + MathF.Exp(p0 * (q0 - q1)));
        (p0, q0, q1) = ((0.95f * p0) + (step * (q0 - q1)), (0.95f * q0) + (step * p0), (0.9f * q1) - (step * p0));
        var (b0, b1) = (step, -step);
        // Then user 1, who wants item 1.
        step = 0.5f / (1 + MathF.Exp(b1 - b0 + (p1 * (q1 - q0))));
        (p1, q1, q0) = ((0.95f * p1) + (step * (q1 - q0)), (0.95f * q1) + (step * p1), (0.9f * q0) - (step * p1));
        (b0, b1) = ((0.8f * b0) - step, (0.8f * b1) + step);

        var model = Assert.IsType<FactorModel>(new BprTrainer(options).Train(dataset, new TrainingContext(seed: 42)));

        float[] expected = [p0, p1, q0, q1, b0, b1];
        float[] actual = [.. model.UserFactors.Values, .. model.ItemFactors.Values, .. model.ItemBiases];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Train_SeveralBlocksPerStratum_ThreadCountDoesNotMatter()
    {
        var dataset = DatasetOf(PositiveStrataTests.ManyWeights());
        var trainer = new BprTrainer(new BprOptions { Factors = 5, Epochs = 3 });

        Assert.Equal(AllScores(trainer.Train(dataset, new TrainingContext(1)), dataset), AllScores(trainer.Train(dataset, new TrainingContext(4)), dataset));
    }

    /// <summary>Where each item is drawn as often as it is wanted, no bias says how popular it is.</summary>
    [Fact]
    public void Train_UnseenItemsByPopularity_LevelsTheBiases()
    {
        // Everybody of 40 has one of ten items of few users, and half of them the popular item too.
        var dataset = Datasets.OfPurchases([.. Enumerable.Range(0, 40).SelectMany(user => user % 2 == 0 ? new[] { (user, user % 10), (user, 50) } : [(user, user % 10)])]);
        float[] BiasesOf(float exponent) => ((FactorModel)new BprTrainer(new BprOptions { Factors = 4, LearningRate = 0.02f, Regularization = 0.02f, NegativeExponent = exponent }).Train(dataset, new TrainingContext())).ItemBiases;

        var (alike, byPopularity) = (BiasesOf(0), BiasesOf(1));

        Assert.True(alike[^1] - alike[0] > 2 * (byPopularity[^1] - byPopularity[0]), $"{alike[^1] - alike[0]} {byPopularity[^1] - byPopularity[0]}");
    }

    [Fact]
    public void Train_DislikedItem_IsUnseenNotWanted()
    {
        // Item 1 is wanted by user 2 and disliked by users 3 to 8, who want item 2; for them it can be drawn only as the unseen one.
        var dataset = Datasets.Of(
            [(2, 1, Datasets.Purchase, 0, 0), .. Enumerable.Range(3, 6).SelectMany(user => new[] { (user, 1, Datasets.Dislike, 0f, 0L), (user, 2, Datasets.Purchase, 0f, 0L) })]);

        var scores = ScoresOf(CreateTrainer().Train(dataset, new TrainingContext()), 3);

        Assert.True(scores[0] < scores[1]);
    }

    [Fact]
    public void Train_ItemOnlyDisliked_IsUnknown()
    {
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Dislike, 0, 0), (2, 3, Datasets.Purchase, 0, 0), (4, 2, Datasets.Dislike, 0, 0));
        var model = CreateTrainer().Train(dataset, new TrainingContext());

        Assert.True(float.IsNaN(ScoresOf(model, 0)[1]));
        Assert.All(ScoresOf(model, 2), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Train_Regularization_TooHighForTheRate_SaysWhatToLower()
    {
        // 1 - 1 * 100 = -99: every step makes the factors 99 times larger.
        var trainer = new BprTrainer(new BprOptions { LearningRate = 1, Regularization = 100 });
        var exception = Assert.Throws<TrainingException>(() => trainer.Train(PlantedTastes().Train, new TrainingContext()));
        Assert.Contains("LearningRate", exception.Message, StringComparison.Ordinal);
    }

    private static InteractionDataset DatasetOf(SparseMatrix weights) =>
        Datasets.Of([.. weights.Entries().Select(entry => (entry.Row, entry.Column, entry.Value > 0 ? Datasets.Purchase : Datasets.Dislike, 0f, 0L))]);
}

/// <summary>The contracts where popular items are drawn more often.</summary>
public sealed class PopularNegativesBprTests : FoldInContract
{
    protected override double QualityFloor => 0.42;

    protected override ITrainer CreateTrainer() =>
        new BprTrainer(new BprOptions { Factors = 8, Epochs = 150, LearningRate = 0.05f, Regularization = 0.01f, NegativeExponent = 0.5f });

    /// <inheritdoc cref="BprTrainerTests.Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest"/>
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());

        var rebased = model.Rebase(KeyMap.FromAscending([3, 8, 1_000_000]), KeyMap.FromAscending([-7, 2, 40]));

        var expected = ScoresOf(model, 8);
        Assert.Equal([float.NaN, expected[2], expected[40]], ScoresOf(rebased, 1));
    }
}
