using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Ease;

public sealed class EaseTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new EaseTrainer(new EaseOptions { Regularization = 10 });

    [Fact]
    public void Train_TwoItems_EqualsHandComputed()
    {
        // Two users have both items, one has the first alone: X^T X + 1 = [4 2; 2 3], P = [3 -2; -2 4] / 8,
        // B_01 = -P_01 / P_11 = 2/4, B_10 = -P_10 / P_00 = 2/3. The dislike is no 1 in X.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.View, 0, 2), (2, 1, Datasets.View, 0, 3), (2, 2, Datasets.View, 0, 4),
            (3, 1, Datasets.View, 0, 5), (3, 2, Datasets.Dislike, 0, 6));

        var weights = Weights(new EaseOptions { Regularization = 1 }, dataset);

        Assert.Equal([(0, 1), (1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal(0.5f, weights.RowValues(0)[0], 1e-6f);
        Assert.Equal(2 / 3f, weights.RowValues(1)[0], 1e-6f);
    }

    [Fact]
    public void Train_Weighted_UsesTheWeights()
    {
        // One user, weights 8 and 1: X^T X + 1 = [65 8; 8 2], P ~ [2 -8; -8 65], B_01 = 8/65, B_10 = 8/2.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.View, 0, 2));

        var weights = Weights(new EaseOptions { Regularization = 1, Binary = false }, dataset);

        Assert.Equal(8 / 65f, weights.RowValues(0)[0], 1e-5f);
        Assert.Equal(4f, weights.RowValues(1)[0], 1e-4f);
    }

    [Fact]
    public void Train_FewNeighbours_KeepsTheLargestOfEachRow()
    {
        var dataset = PlantedTastes().Train;
        var all = Weights(new EaseOptions { Regularization = 10, Neighbours = 0 }, dataset);

        var few = Weights(new EaseOptions { Regularization = 10, Neighbours = 7 }, dataset);

        for (var item = 0; item < all.RowCount; item++)
        {
            var expected = all.Entries().Where(entry => entry.Row == item).OrderByDescending(entry => Math.Abs(entry.Value)).Take(7).OrderBy(entry => entry.Column);
            Assert.Equal(expected, few.Entries().Where(entry => entry.Row == item));
        }
    }

    [Fact]
    public void RequireMemory_MoreThanThereIs_SaysHowMuchIsNeeded()
    {
        // 625 strips: 512 x 625 x 626 floats for the matrix = 0.80 GB, and 20,000 x 500 x 8 bytes twice = 0.16 GB.
        var exception = Assert.Throws<TrainingException>(() => new EaseTrainer(new EaseOptions()).RequireMemory(20_000, 900_000_000));

        Assert.Equal("The weights of 20,000 items need 1.0 GB of 0.9 GB; lower MaxItems or Neighbours.", exception.Message);
        new EaseTrainer(new EaseOptions()).RequireMemory(20_000, 1_000_000_000);
    }

    private static SparseMatrix Weights(EaseOptions options, InteractionDataset dataset) =>
        ((ItemWeightsModel)new EaseTrainer(options).Train(dataset, new TrainingContext())).Weights;
}
