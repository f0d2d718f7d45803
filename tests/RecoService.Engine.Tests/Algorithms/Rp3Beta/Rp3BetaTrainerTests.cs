using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Rp3Beta;

public sealed class Rp3BetaTrainerTests : CollaborativeTrainerContract
{
    // User 1 has items 1, 2; user 2 has 1, 2, 3; user 3 has 1.
    private static readonly InteractionDataset Purchases = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1));

    protected override double QualityFloor => 0.45;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new Rp3BetaTrainer(new Rp3BetaOptions());

    [Fact]
    public void Train_AlphaOneWithoutPenalty_GivesTheProbabilitiesOfTheWalk()
    {
        var weights = Train(new Rp3BetaOptions { Alpha = 1, Beta = 0, Normalize = false }).Weights;

        // From item 1 to each of its 3 users with 1/3, from there to each of his items: to 2 over user 1 (1/2) and 2 (1/3), to 3 over user 2.
        Assert.Equal([5 / 18f, 1 / 9f], weights.RowValues(0).ToArray(), Near);
        Assert.Equal([5 / 12f, 1 / 6f], weights.RowValues(1).ToArray(), Near);
        Assert.Equal([1 / 3f, 1 / 3f], weights.RowValues(2).ToArray(), Near);
    }

    [Fact]
    public void Train_AlphaAndBeta_RaiseEachStepAndHoldPopularItemsBack()
    {
        var weights = Train(new Rp3BetaOptions { Alpha = 2, Beta = 0.5f, Normalize = false }).Weights;

        // As above with every step squared, divided by the square root of the number of users of items 2 (2) and 3 (1).
        Assert.Equal([(1 / 9f) * ((1 / 4f) + (1 / 9f)) / MathF.Sqrt(2), 1 / 81f], weights.RowValues(0).ToArray(), Near);
    }

    [Fact]
    public void Train_Normalized_EachRowSumsToOne()
    {
        var weights = Train(new Rp3BetaOptions { Neighbours = 1 }).Weights;
        Assert.Equal([(0, 1, 1f), (1, 0, 1f), (2, 1, 1f)], weights.Entries());
    }

    private static ItemWeightsModel Train(Rp3BetaOptions options) => (ItemWeightsModel)new Rp3BetaTrainer(options).Train(Purchases, new TrainingContext());

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-6f;
}
