using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ItemKnn;

public sealed class ItemKnnTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.45;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new ItemKnnTrainer(new ItemKnnOptions());

    [Theory]
    [InlineData(Similarity.Cosine, 2 / (2.4494898f + 1))]
    [InlineData(Similarity.Jaccard, 2f / (3 + 1))]
    [InlineData(Similarity.Dice, 2f / (5 + 1))]
    public void Train_BinaryPurchases_EqualsTheSimilarityByHand(Similarity similarity, float expected)
    {
        // Item 1 has users 1, 2, 3, item 2 has users 1, 2: they share 2, have 3 together, lengths sqrt(3) and sqrt(2). Shrinkage 1.
        var dataset = Datasets.OfPurchases((1, 1), (2, 1), (3, 1), (1, 2), (2, 2));

        var weights = Train(new ItemKnnOptions { Similarity = similarity, Shrinkage = 1 }, dataset).Weights;

        Assert.Equal([(0, 1), (1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.All(weights.Entries(), entry => Assert.Equal(expected, entry.Value, 1e-5f));
    }

    [Fact]
    public void Train_Pearson_TakesEachItemsMeanFromItsWeights()
    {
        // Item 1: 5, 3, 1, mean 3: 2, 0, -2. Item 2: 4, 4, 1, mean 3: 1, 1, -2. Their product is 6; lengths sqrt(8) and sqrt(6): 6 / sqrt(48).
        var dataset = OfRatings((1, 1, 5), (2, 1, 3), (3, 1, 1), (1, 2, 4), (2, 2, 4), (3, 2, 1));

        var weights = Train(new ItemKnnOptions { Similarity = Similarity.Pearson, Scale = HistoryScale.Linear, Shrinkage = 0 }, dataset).Weights;

        Assert.Equal(6 / MathF.Sqrt(48), weights.RowValues(0)[0], 1e-5f);
    }

    [Fact]
    public void Train_AdjustedCosine_TakesEachUsersMeanFromHisWeights()
    {
        // User 1: 5, 3, 1, mean 3: 2, 0, -2. User 2: 4, 4, 1, mean 3: 1, 1, -2. Items 1 and 2: 2 x 0 + 1 x 1, lengths sqrt(5) and 1. Item 3 is unlike both.
        var dataset = OfRatings((1, 1, 5), (1, 2, 3), (1, 3, 1), (2, 1, 4), (2, 2, 4), (2, 3, 1));

        var weights = Train(new ItemKnnOptions { Similarity = Similarity.AdjustedCosine, Scale = HistoryScale.Linear, Shrinkage = 0 }, dataset).Weights;

        Assert.Equal([(0, 1), (1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal(1 / MathF.Sqrt(5), weights.RowValues(0)[0], 1e-5f);
    }

    [Fact]
    public void Train_FewNeighbours_ChoosesThemForTheItemThatIsScored()
    {
        // Item 1 shares 2 users with item 2 and 1 with item 3, so 2 is its neighbour; item 3 has no other than 1 and keeps it.
        var dataset = Datasets.OfPurchases((1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 3));

        var weights = Train(new ItemKnnOptions { Neighbours = 1, Shrinkage = 0 }, dataset).Weights;

        Assert.Equal([(0, 1), (0, 2), (1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
    }

    [Fact]
    public void Train_Normalized_EachItemsWeightsSumToOne()
    {
        var dataset = PlantedTastes().Train;

        var byItem = Train(new ItemKnnOptions { Normalize = true }, dataset).Weights.Transpose();

        for (var item = 0; item < byItem.RowCount; item++)
            Assert.Equal(1, byItem.RowValues(item).ToArray().Sum(), 1e-4f);
    }

    [Fact]
    public void Train_ADislike_MakesNoItemsAlikeAndCountsAgainst()
    {
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Purchase, 0, 0), (2, 1, Datasets.Purchase, 0, 0), (2, 3, Datasets.Dislike, 0, 0), (3, 2, Datasets.Dislike, 0, 0));

        var model = Train(new ItemKnnOptions(), dataset);

        Assert.Equal([(0, 1), (1, 0)], model.Weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.True(ScoresOf(model, dataset, 2)[0] < 0);
    }

    [Theory]
    [InlineData(Similarity.Pearson)]
    [InlineData(Similarity.AdjustedCosine)]
    public void Train_DeviationsOfBinaryWeights_SaysWhatToSet(Similarity similarity)
    {
        var trainer = new ItemKnnTrainer(new ItemKnnOptions { Similarity = similarity });
        Assert.Contains("Scale", Assert.Throws<TrainingException>(() => trainer.Train(Datasets.OfPurchases((1, 1)), new TrainingContext())).Message, StringComparison.Ordinal);
    }

    private static ItemWeightsModel Train(ItemKnnOptions options, InteractionDataset dataset) =>
        (ItemWeightsModel)new ItemKnnTrainer(options).Train(dataset, new TrainingContext());

    private static InteractionDataset OfRatings(params (int User, int Item, float Value)[] ratings) =>
        Datasets.Of([.. ratings.Select(rating => (rating.User, rating.Item, Datasets.Rating, rating.Value, 0L))]);
}
