using RecoService.Engine.Algorithms.GfCf;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.GfCf;

public sealed class GfCfTrainerTests : CollaborativeTrainerContract
{
    // User 1 has items 1, 2; user 2 has 1, 2, 3; user 3 has 1.
    private static readonly InteractionDataset Purchases = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1));

    protected override double QualityFloor => 0.45;

    protected override bool KnowsLonelyPair => false;

    protected override ITrainer CreateTrainer() => new GfCfTrainer(new GfCfOptions());

    [Fact]
    public void Train_LinearFilterAlone_SumsOverCommonUsers()
    {
        var weights = Train(new GfCfOptions { Alpha = 0 }).Weights;

        // Over users 1 (2 items) and 2 (3 items): (1/2 + 1/3) / sqrt(3 x 2); over user 2 alone: (1/3) / sqrt(3 x 1).
        Assert.Equal([(5 / 6f) / MathF.Sqrt(6), (1 / 3f) / MathF.Sqrt(3)], weights.RowValues(0).ToArray(), Near);
        Assert.Equal([(5 / 6f) / MathF.Sqrt(6), (1 / 3f) / MathF.Sqrt(2)], weights.RowValues(1).ToArray(), Near);
    }

    /// <summary>With as many directions as items V V^T is the identity, so that the ideal filter adds nothing between two items.</summary>
    [Fact]
    public void Train_EveryDirectionLetThrough_EqualsTheLinearFilter()
    {
        var linear = Train(new GfCfOptions { Alpha = 0 }).Weights;
        var all = Train(new GfCfOptions { Alpha = 0.5f, Factors = 3 }).Weights;

        Assert.Equal(linear.Entries().Select(entry => (entry.Row, entry.Column)), all.Entries().Where(entry => entry.Value > 1e-5f).Select(entry => (entry.Row, entry.Column)));
        Assert.Equal([.. linear.Entries().Select(entry => entry.Value)], [.. all.Entries().Where(entry => entry.Value > 1e-5f).Select(entry => entry.Value)], (left, right) => MathF.Abs(left - right) < 1e-4f);
    }

    /// <summary>The smoothest direction of a connected graph is the root of the item's users, with singular value 1: v_j = sqrt(d_j / sum of d).</summary>
    [Fact]
    public void Train_OneDirection_AddsThePopularityOfTheTarget()
    {
        var linear = Train(new GfCfOptions { Alpha = 0 }).Weights;
        var one = Train(new GfCfOptions { Alpha = 6, Factors = 1, PowerIterations = 30 }).Weights;

        // alpha d_i^-1/2 sqrt(d_i d_j) / 6 d_j^1/2 is d_j, which has 3, 2 and 1 users.
        Assert.Equal([linear.RowValues(0)[0] + 2, linear.RowValues(0)[1] + 1], one.RowValues(0).ToArray(), (left, right) => MathF.Abs(left - right) < 1e-3f);
        Assert.Equal([linear.RowValues(2)[0] + 3, linear.RowValues(2)[1] + 2], one.RowValues(2).ToArray(), (left, right) => MathF.Abs(left - right) < 1e-3f);
    }

    [Fact]
    public void Train_Neighbours_KeepsTheLargest()
    {
        var weights = Train(new GfCfOptions { Alpha = 0, Neighbours = 1 }).Weights;

        Assert.Equal([(0, 1), (1, 0), (2, 1)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
    }

    private static ItemWeightsModel Train(GfCfOptions options) => (ItemWeightsModel)new GfCfTrainer(options).Train(Purchases, new TrainingContext());

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-6f;
}
