using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Slim;

public sealed class SlimTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new SlimTrainer(new SlimOptions { L1Regularization = 0.5f, L2Regularization = 5 });

    [Fact]
    public void Train_TwoItems_EqualsHandComputed()
    {
        // Three users have the first item, two of them the second: X^T X = [3 2; 2 2], so by soft thresholding
        // W_01 = (2 - 0.5) / (3 + 1) and W_10 = (2 - 0.5) / (2 + 1).
        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (3, 1));

        var weights = Weights(new SlimOptions { L1Regularization = 0.5f, L2Regularization = 1 }, dataset);

        Assert.Equal([(0, 1, 0.375f), (1, 0, 0.5f)], weights.Entries());
    }

    [Fact]
    public void Train_FewNeighbours_KeepsTheLargestOfEachColumn()
    {
        var dataset = PlantedTastes().Train;
        var all = Weights(new SlimOptions { L1Regularization = 0.1f, L2Regularization = 1, Neighbours = 0 }, dataset);

        var few = Weights(new SlimOptions { L1Regularization = 0.1f, L2Regularization = 1, Neighbours = 3 }, dataset);

        Assert.Contains(Enumerable.Range(0, 60), item => all.Transpose().RowLength(item) > 3);
        foreach (var column in Enumerable.Range(0, 60))
        {
            var expected = all.Entries().Where(entry => entry.Column == column).OrderByDescending(entry => entry.Value).Take(3).OrderBy(entry => entry.Row);
            Assert.Equal(expected, few.Entries().Where(entry => entry.Column == column));
        }
    }

    [Fact]
    public void Train_WeightsOfBothSigns_AreOnlyThereWhenAdmitted()
    {
        var dataset = PlantedTastes().Train;

        Assert.DoesNotContain(Weights(new SlimOptions { L1Regularization = 0.1f, L2Regularization = 1 }, dataset).Entries(), entry => entry.Value < 0);
        Assert.Contains(Weights(new SlimOptions { L1Regularization = 0.1f, L2Regularization = 1, PositiveOnly = false }, dataset).Entries(), entry => entry.Value < 0);
    }

    private static SparseMatrix Weights(SlimOptions options, InteractionDataset dataset) =>
        ((ItemWeightsModel)new SlimTrainer(options).Train(dataset, new TrainingContext())).Weights;
}
