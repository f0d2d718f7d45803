using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Hybrid;

public sealed class BlendLearnerTests
{
    /// <summary>Item 5 is wanted. The first component puts it second, the second component last but far ahead of what the first puts first.</summary>
    private static readonly BlendUser User = new([4, 5, 6], [1, 0.75f, 0, 0, 0.5f, 1], [5]);

    [Theory]
    [InlineData(1, 0, 0.6309298)] // 4 5 6: 1 / log2(3)
    [InlineData(0, 1, 0.6309298)] // 6 5 4
    [InlineData(0.5, 0.5, 1.0)] // 0.5, 0.625, 0.5: 5 comes first
    public void Ndcg_Weights_IsThatOfTheBlendsList(float first, float second, double expected) =>
        Assert.Equal(expected, new BlendLearner([User], 2, 10).Ndcg([first, second]), 1e-6);

    [Fact]
    public void Ndcg_RelevantItemsOutsideTheCandidates_CountAgainstIt()
    {
        // Of two relevant items one stands second: (1 / log2(3)) / (1 + 1 / log2(3)).
        var user = User with { Relevant = [5, 900] };
        Assert.Equal(0.6309298 / 1.6309298, new BlendLearner([user], 2, 10).Ndcg([1, 0]), 1e-6);
    }

    [Fact]
    public void Learn_NeitherComponentAloneIsBest_GivesBothAPart()
    {
        var learner = new BlendLearner([User], 2, 10);

        var weights = learner.Learn(0, new TrainingContext());

        Assert.Equal(1, learner.Ndcg(weights), 1e-6);
        Assert.Equal(1, weights.Sum(), 1e-6);
    }

    [Fact]
    public void Learn_OneComponentMisleads_FollowsTheOther()
    {
        // The first component is right for every user, the second wrong: the blend is right while w1 > 0.6 w1 + w2.
        var users = Enumerable.Range(0, 20).Select(user => new BlendUser([0, 1, 2], [1, 0, 0.6f, 0, 1, 1], [0])).ToArray();

        var weights = new BlendLearner(users, 2, 1).Learn(3, new TrainingContext(2));

        Assert.True(0.4 * weights[0] > weights[1]);
        Assert.Equal(weights, new BlendLearner(users, 2, 1).Learn(3, new TrainingContext()));
    }
}
