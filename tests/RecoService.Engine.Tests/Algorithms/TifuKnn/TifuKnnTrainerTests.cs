using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Algorithms.TifuKnn;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.TifuKnn;

public sealed class TifuKnnTrainerTests : BasketKnnContract
{
    // User 1: baskets {0, 1}, {0}, {0, 2}. User 2: one basket {0, 3}. User 3: one basket {4}.
    private static readonly InteractionDataset Baskets = Datasets.Of(
        (1, 0, Datasets.Purchase, 0, 1), (1, 1, Datasets.Purchase, 0, 1), (1, 0, Datasets.Purchase, 0, 2), (1, 0, Datasets.Purchase, 0, 3), (1, 2, Datasets.Purchase, 0, 3),
        (2, 0, Datasets.Purchase, 0, 9), (2, 3, Datasets.Purchase, 0, 9), (3, 4, Datasets.Purchase, 0, 5));

    protected override ITrainer CreateTrainer() => new TifuKnnTrainer(new TifuKnnOptions());

    [Fact]
    public void Score_TwoGroups_EqualsHandComputed()
    {
        // The newer group holds two baskets: 1/2 (1 and 0.5) and half of that again for two groups; the older one of weight 0.25 / 2.
        // User 1 is 0: 0.25 + 0.125 + 0.125 = 0.5, 1: 0.125, 2: 0.25. User 2 is 0: 1, 3: 1. Alpha 0.6 of the one and 0.4 of the other.
        var options = new TifuKnnOptions { Basket = BasketUnit.Moment, Groups = 2, WithinDecay = 0.5f, GroupDecay = 0.25f, Neighbours = 1, Alpha = 0.6f };

        var scores = ScoresOf(new TifuKnnTrainer(options).Train(Baskets, new TrainingContext()), Baskets, 0);

        Assert.Equal([0.7f, 0.075f, 0.15f, 0.4f, float.NaN], scores, Near);
    }

    [Fact]
    public void Score_Euclidean_TakesTheNearestThoughNothingIsShared()
    {
        // User 3 shares nothing. Distance of user 1 to user 2: 0.25 + 0.125^2 + 0.25^2 + 1; to user 3: 0.25 + ... + 1 as well without the shared item: 0.5^2 more.
        // Of user 3 the nearest is user 1, whose vector is the shorter.
        var options = new TifuKnnOptions { Basket = BasketUnit.Moment, Groups = 2, WithinDecay = 0.5f, GroupDecay = 0.25f, Neighbours = 1, Alpha = 0.5f, Likeness = VectorLikeness.Euclidean };
        var model = new TifuKnnTrainer(options).Train(Baskets, new TrainingContext());

        Assert.Equal([0.25f, 0.0625f, 0.125f, float.NaN, 0.5f], ScoresOf(model, Baskets, 2), Near);
        Assert.Equal([0.75f, 0.0625f, 0.125f, 0.5f, float.NaN], ScoresOf(model, Baskets, 0), Near);
    }

    [Theory]
    [InlineData(7, 1, new[] { 1f / 7, 0.5f / 7, 0.25f / 7, 0.125f / 7, 0.0625f / 7, 0.03125f / 7, 0.015625f / 7 })]
    [InlineData(3, 2, new[] { 0.25f, 0.125f, 0.05f })]
    [InlineData(2, 5, new[] { 0.5f, 0.05f })]
    [InlineData(0, 5, new float[0])]
    public void Weigh_SoManyBasketsInSoManyGroups_EqualsHandComputed(int baskets, int groups, float[] expected)
    {
        var weights = new float[baskets];
        new TifuKnnRule(BasketUnit.Moment, 1, groups, 0.5f, 0.1f, VectorLikeness.Cosine, 0.5f).Weigh(weights);

        Assert.Equal(expected, weights, Near);
    }

    [Fact]
    public void Score_AlphaOne_IsTheUsersOwn()
    {
        var model = new TifuKnnTrainer(new TifuKnnOptions { Basket = BasketUnit.Moment, Alpha = 1, GroupDecay = 1, WithinDecay = 1 }).Train(Baskets, new TrainingContext());

        // In all three baskets, in one, in one.
        Assert.Equal([1f, 1f / 3, 1f / 3, float.NaN, float.NaN], ScoresOf(model, Baskets, 0), Near);
    }

    private static bool Near(float left, float right) => left.Equals(right) || Math.Abs(left - right) < 1e-6;
}
