using MathNet.Numerics.Distributions;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

/// <summary>The intervals of figures over users.</summary>
public sealed class ResultIntervalTests
{
    /// <summary>Three users with 2, 1 and 1 ratings whose squared errors sum to 2, 3 and 3: 8 over 4 ratings are 2, so RMSE is the root of 2.</summary>
    [Fact]
    public void RmseInterval_OfThreeUsers_IsThatOfARatioOfSums()
    {
        var result = new RatingResult(Math.Sqrt(2), 1, 0, [2, 3, 3, 0], [2, 1, 1, 0]);

        // What users have beyond the mean: 2 - 4, 3 - 2 and 3 - 2. Squares sum to 6, times 3 / 2 are 9, whose root over 4 ratings is 0.75; the root's slope is 1 / (2 sqrt 2).
        var margin = StudentT.InvCDF(0, 1, 2, 0.975) * 0.75 / (2 * Math.Sqrt(2));
        Assert.Equal(Math.Sqrt(2) - margin, result.RmseInterval.Low, 9);
        Assert.Equal(Math.Sqrt(2) + margin, result.RmseInterval.High, 9);
    }

    [Fact]
    public void RmseInterval_OfOneUser_IsTheFigure() => Assert.Equal(new Interval(2, 2), new RatingResult(2, 2, 0, [4, 0], [1, 0]).RmseInterval);

    [Fact]
    public void IntervalOf_Lists_IsStudentsOverUsers()
    {
        var hit = UserMetrics.Of([0], [0], 1, IdealDcg.AtMostK);
        var miss = UserMetrics.Of([1], [0], 1, IdealDcg.AtMostK);
        var result = new RankingResult(1, [0, 1, 2, 3], [hit, hit, hit, miss], 0, 1);

        // 1, 1, 1, 0: mean 0.75, deviation 0.5, standard error 0.25.
        var margin = StudentT.InvCDF(0, 1, 3, 0.975) * 0.25;
        var interval = result.IntervalOf(RankingMetric.Ndcg);
        Assert.Equal((Math.Round(0.75 - margin, 9), Math.Round(0.75 + margin, 9)), (Math.Round(interval.Low, 9), Math.Round(interval.High, 9)));
    }
}
