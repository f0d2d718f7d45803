using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Algorithms.UpCf;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.UpCf;

public sealed class UpCfTrainerTests : BasketKnnContract
{
    // User 1: baskets {0, 1}, {0}, {0, 2}. User 2: one basket {0, 3}. User 3: one basket {4}.
    private static readonly InteractionDataset Baskets = Datasets.Of(
        (1, 0, Datasets.Purchase, 0, 1), (1, 1, Datasets.Purchase, 0, 1), (1, 0, Datasets.Purchase, 0, 2), (1, 0, Datasets.Purchase, 0, 3), (1, 2, Datasets.Purchase, 0, 3),
        (2, 0, Datasets.Purchase, 0, 9), (2, 3, Datasets.Purchase, 0, 9), (3, 4, Datasets.Purchase, 0, 5));

    protected override ITrainer CreateTrainer() => new UpCfTrainer(new UpCfOptions());

    [Fact]
    public void Score_LastTwoBaskets_EqualsHandComputed()
    {
        // Of the last two baskets item 0 stands in both, item 2 in one, item 1 in neither. The users share one of 3 and 2 items: 1 / sqrt(6), squared 1 / 6.
        var scores = ScoresOf(new UpCfTrainer(Options(0.5f)).Train(Baskets, new TrainingContext()), Baskets, 0);

        Assert.Equal([1 + (1f / 6), 0, 0.5f, 1f / 6, float.NaN], scores, Near);
        Assert.True(scores[1] > 0);
    }

    [Theory]
    [InlineData(1f, 3f)]
    [InlineData(0f, 2f)]
    public void Score_Alpha_DividesByTheUsersItemsOrTheOthers(float alpha, float items)
    {
        // One shared item of the user's three, or of the other's two; squared.
        var scores = ScoresOf(new UpCfTrainer(Options(alpha)).Train(Baskets, new TrainingContext()), Baskets, 0);

        Assert.Equal(1 / (items * items), scores[3], 1e-6f);
    }

    [Fact]
    public void Score_OneNeighbour_IsTheMostAlike()
    {
        // User 4 has 0, 3 and 5 and is more like user 2 than user 1 is: of one neighbour each, user 2 gets 5 and not 1 or 2.
        var dataset = Datasets.Of(
            (1, 0, Datasets.Purchase, 0, 1), (1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.Purchase, 0, 1), (2, 0, Datasets.Purchase, 0, 1), (2, 3, Datasets.Purchase, 0, 1),
            (4, 0, Datasets.Purchase, 0, 1), (4, 3, Datasets.Purchase, 0, 1), (4, 5, Datasets.Purchase, 0, 1));
        var model = new UpCfTrainer(new UpCfOptions { Neighbours = 1 }).Train(dataset, new TrainingContext());

        Assert.Equal([true, false, false, true, true], ScoresOf(model, dataset, 1).Select(float.IsFinite));
    }

    private static UpCfOptions Options(float alpha) => new() { Basket = BasketUnit.Moment, Recency = 2, Alpha = alpha, Locality = 2 };

    private static bool Near(float left, float right) => left.Equals(right) || Math.Abs(left - right) < 1e-6;
}
