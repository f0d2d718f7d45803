using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.SimpleX;

public sealed class SimpleXTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.48;

    protected override bool IsExact => true;

    protected override ITrainer CreateTrainer() => new SimpleXTrainer(new SimpleXOptions { Factors = 16, Epochs = 30, BatchSize = 64, Margin = 0.4f, NegativeWeight = 10 });

    /// <summary>Two groups of users without an item in common: in the end the items of a group lie as one, and those of the other no nearer than the margin lets them.</summary>
    [Fact]
    public void Train_TwoTastes_CosineIsOneWithinAndAtMostTheMarginBetween()
    {
        var pairs = Enumerable.Range(0, 40).SelectMany(user => Enumerable.Range(0, 5).Select(item => (user, (5 * (user % 2)) + item))).ToArray();
        var dataset = Datasets.OfPurchases(pairs);
        var options = new SimpleXOptions { Factors = 4, Epochs = 200, BatchSize = 20, Margin = 0.3f, NegativeWeight = 20, UnseenWeight = 100, LearningRate = 1 };

        var model = (FactorModel)new SimpleXTrainer(options).Train(dataset, new TrainingContext());

        for (var user = 0; user < 40; user++)
        {
            var scores = ScoresOf(model, user);
            for (var item = 0; item < 10; item++)
            {
                if (item / 5 == user % 2)
                    Assert.Equal(1, scores[item], 1e-2f);
                else
                    Assert.InRange(scores[item], -1.001f, 0.32f);
            }
        }
    }

    [Fact]
    public void Train_AnyData_ItemsAndUsersHaveLengthOne()
    {
        var model = (FactorModel)CreateTrainer().Train(PlantedTastes().Train, new TrainingContext());

        for (var item = 0; item < model.Items.Count; item++)
            Assert.Equal(1, VectorMath.Norm(model.ItemFactors[item]), 1e-5f);
        for (var user = 0; user < model.Users.Count; user++)
            Assert.Equal(1, VectorMath.Norm(model.UserFactors[user]), 1e-5f);
    }

    /// <summary>A score is the cosine of an item and the sum of the user's items, computed here from the stored vectors.</summary>
    [Fact]
    public void Score_KnownUser_IsTheCosineWithTheSumOfTheirItems()
    {
        var dataset = PlantedTastes().Train;
        var model = (FactorModel)CreateTrainer().Train(dataset, new TrainingContext());
        var sum = new float[16];
        foreach (var item in dataset.UserItems.RowColumns(5))
            VectorMath.AddScaled(sum, 1, model.ItemFactors[item]);

        var scores = ScoresOf(model, 5);

        for (var item = 0; item < scores.Length; item++)
            Assert.Equal(VectorMath.Dot(sum, model.ItemFactors[item]) / VectorMath.Norm(sum), scores[item], 1e-5f);
    }

    [Fact]
    public void Train_ManyBatchesAndStrips_ThreadCountDoesNotMatter()
    {
        var dataset = DatasetOf(users: 300, items: 90);
        var trainer = new SimpleXTrainer(new SimpleXOptions { Factors = 19, Epochs = 2, BatchSize = 500, Negatives = 41, Margin = -0.1f });

        var expected = AllScores(trainer.Train(dataset, new TrainingContext(1)), dataset);

        Assert.Equal(expected, AllScores(trainer.Train(dataset, new TrainingContext(3)), dataset));
        Assert.Equal(expected, AllScores(trainer.Train(dataset, new TrainingContext(8)), dataset));
    }

    /// <summary>Nothing is withheld from a user of one item, so that nothing is learned from them; their list is of what lies near the item.</summary>
    [Fact]
    public void Train_UserOfOneItem_ChangesNothingAndIsThatItem()
    {
        var pairs = new[] { (0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2) };
        var without = (FactorModel)CreateTrainer().Train(Datasets.OfPurchases(pairs), new TrainingContext());
        var with = (FactorModel)CreateTrainer().Train(Datasets.OfPurchases([.. pairs, (9, 1)]), new TrainingContext());

        Assert.Equal(without.ItemFactors.Values, with.ItemFactors.Values);
        Assert.All(with.UserFactors[3].ToArray().Zip(with.ItemFactors[1].ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    /// <summary>Nobody is kept away from what they have, so that a user of the whole catalogue only draws it together.</summary>
    [Fact]
    public void Train_UserOfAllItems_DrawsThemTogether()
    {
        var model = CreateTrainer().Train(Datasets.OfPurchases([.. Enumerable.Range(0, 12).Select(item => (0, item))]), new TrainingContext());

        Assert.All(ScoresOf(model, 0), score => Assert.InRange(score, 0.9f, 1.001f));
    }

    [Fact]
    public void Train_NobodyHasTwoItems_ScoresAreFiniteAndOwnItemsFirst()
    {
        var dataset = Datasets.OfPurchases((0, 0), (1, 1), (2, 2));
        var model = CreateTrainer().Train(dataset, new TrainingContext());

        for (var user = 0; user < 3; user++)
        {
            var scores = ScoresOf(model, user);
            Assert.Equal(1, scores[user], 1e-5f);
            Assert.All(scores, score => Assert.InRange(score, -1.001f, 1.001f));
        }
    }

    [Fact]
    public void Train_DislikedItem_StandsAgainstTheUserAndTrainsNothing()
    {
        // Users 3 to 8 have items 2 and 3 and are against item 1, which users 1 and 2 have beside 4.
        (int, int, byte, float, long)[] liked = [
            (1, 1, Datasets.Purchase, 0, 0), (1, 4, Datasets.Purchase, 0, 0), (2, 1, Datasets.Purchase, 0, 0), (2, 4, Datasets.Purchase, 0, 0),
            .. Enumerable.Range(3, 6).SelectMany(user => new[] { (user, 2, Datasets.Purchase, 0f, 0L), (user, 3, Datasets.Purchase, 0f, 0L) })];
        var (neutral, against) = (Datasets.Of(liked), Datasets.Of([.. liked, .. Enumerable.Range(3, 6).Select(user => (user, 1, Datasets.Dislike, 0f, 0L))]));

        var (before, after) = ((FactorModel)CreateTrainer().Train(neutral, new TrainingContext()), (FactorModel)CreateTrainer().Train(against, new TrainingContext()));

        Assert.Equal(before.ItemFactors.Values, after.ItemFactors.Values);
        Assert.True(ScoresOf(after, 2)[0] < ScoresOf(before, 2)[0]);
    }

    [Fact]
    public void Train_ItemOnlyDisliked_IsUnknown()
    {
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Dislike, 0, 0), (2, 3, Datasets.Purchase, 0, 0), (4, 2, Datasets.Dislike, 0, 0));
        var model = CreateTrainer().Train(dataset, new TrainingContext());

        Assert.True(float.IsNaN(ScoresOf(model, 0)[1]));
        Assert.All(ScoresOf(model, 2), score => Assert.True(float.IsNaN(score)));
    }

    /// <summary>The wildest allowed options give numbers still.</summary>
    [Theory]
    [InlineData(10f, 1_000_000f, -1f, 1)]
    [InlineData(1e-6f, 0f, 1f, 1_000_000)]
    public void Train_ExtremeOptions_ScoresStayCosines(float learningRate, float negativeWeight, float margin, int negatives)
    {
        var options = new SimpleXOptions { Factors = 3, Epochs = 5, LearningRate = learningRate, NegativeWeight = negativeWeight, Margin = margin, Negatives = negatives, BatchSize = 1 };
        var dataset = PlantedTastes().Train;

        Assert.All(AllScores(new SimpleXTrainer(options).Train(dataset, new TrainingContext()), dataset), score => Assert.InRange(score, -1.001f, 1.001f));
    }

    private static InteractionDataset DatasetOf(int users, int items)
    {
        var random = new SeededRandom(3, 0);
        return Datasets.OfPurchases([.. Enumerable.Range(0, users * 7).Select(pair => (pair % users, random.Next(items)))]);
    }
}
