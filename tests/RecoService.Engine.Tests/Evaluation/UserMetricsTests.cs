using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class UserMetricsTests
{
    /// <summary>
    /// List 3, 1, 4 at K = 3; relevant 1, 4, 7, 9: hits at ranks 2 and 3. DCG = 1/log2 3 + 1/log2 4 = 0.630930 + 0.5 = 1.130930.
    /// Ideal over 3 items = 1 + 0.630930 + 0.5 = 2.130930; over all 4 = 2.130930 + 1/log2 5 = 2.561606.
    /// </summary>
    [Theory]
    [InlineData(IdealDcg.AtMostK, 0.530721)]
    [InlineData(IdealDcg.AllRelevant, 0.441493)]
    public void Of_TwoHitsOfFour_EqualsHandComputed(IdealDcg ideal, double ndcg)
    {
        var metrics = UserMetrics.Of([3, 1, 4], [1, 4, 7, 9], 3, ideal);

        Assert.Equal(ndcg, metrics.Ndcg, 1e-6);
        Assert.Equal(2.0 / 4, metrics.Recall, 1e-12);
        Assert.Equal(2.0 / 3, metrics.Precision, 1e-12);
        Assert.Equal((1.0 / 2 + 2.0 / 3) / 3, metrics.AveragePrecision, 1e-12);
        Assert.Equal(1.0 / 2, metrics.ReciprocalRank, 1e-12);
        Assert.Equal(1, metrics.Hit);

        // 2 * 2/3 * 1/2 / (2/3 + 1/2) = (2/3) / (7/6) = 4/7.
        Assert.Equal(4.0 / 7, metrics.F1, 1e-12);
    }

    [Fact]
    public void Of_PerfectList_IsOneUnlessMoreIsRelevantThanFits()
    {
        Assert.Equal(new UserMetrics(1, 1, 1, 1, 1, 1), UserMetrics.Of([2, 1], [1, 2], 2, IdealDcg.AllRelevant));

        // Ideal over all three = 1 + 0.630930 + 0.5 = 2.130930, reached 1.630930: 0.765361.
        Assert.Equal(0.765361, UserMetrics.Of([2, 1], [1, 2, 3], 2, IdealDcg.AllRelevant).Ndcg, 1e-6);
        Assert.Equal(1, UserMetrics.Of([2, 1], [1, 2, 3], 2, IdealDcg.AtMostK).Ndcg, 1e-12);
    }

    [Fact]
    public void Of_ShortListOrNoHit_IsZeroOrCountsMissingPlacesAsMisses()
    {
        Assert.Equal(default, UserMetrics.Of([], [1], 10, IdealDcg.AtMostK));
        Assert.Equal(default, UserMetrics.Of([5, 6], [1], 10, IdealDcg.AtMostK));
        Assert.Equal(0.1, UserMetrics.Of([1], [1], 10, IdealDcg.AtMostK).Precision, 1e-12);
        Assert.Equal(0, UserMetrics.Of([5, 6], [1], 10, IdealDcg.AtMostK).F1);
    }
}
