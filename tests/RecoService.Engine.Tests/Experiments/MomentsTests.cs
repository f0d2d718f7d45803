using FsCheck.Xunit;
using RecoService.Engine.Experiments;

namespace RecoService.Engine.Tests.Experiments;

public sealed class MomentsTests
{
    [Fact]
    public void Of_FourValues_HasTheirMeanAndVariance()
    {
        // 1, 2, 0, 3: mean 6/4, squares 14, variance (14 - 36/4) / 3.
        var moments = Moments.Of([1, 2, 0, 3]);

        Assert.Equal(new Moments(4, 6, 14), moments);
        Assert.Equal(1.5, moments.Mean);
        Assert.Equal(5.0 / 3, moments.Variance, 1e-15);
    }

    [Fact]
    public void Variance_OfTooFew_IsUnknown()
    {
        Assert.True(double.IsNaN(Moments.Of([]).Mean));
        Assert.True(double.IsNaN(Moments.Of([2]).Variance));
        Assert.True(double.IsNaN(JointMoments.Of(2, [1, 2]).Covariance(0, 1)));
    }

    [Property]
    public bool Add_OfParts_IsTheWhole(int[] first, int[] second)
    {
        var whole = Moments.Of(Doubles([.. first, .. second]));
        var joint = JointMoments.Of(1, Doubles(first)) + JointMoments.Of(1, Doubles(second));
        return whole == Moments.Of(Doubles(first)) + Moments.Of(Doubles(second)) && joint[0] == whole;
    }

    [Property]
    public bool Add_OfJointParts_IsTheWhole((short Y, short Z)[] first, (short Y, short Z)[] second)
    {
        var whole = JointMoments.Of(2, Rows([.. first, .. second]));
        var parts = JointMoments.Of(2, Rows(first)) + JointMoments.Of(2, Rows(second));
        return parts.Count == whole.Count && parts[0] == whole[0] && parts[1] == whole[1] && parts.Covariance(0, 1).Equals(whole.Covariance(0, 1));
    }

    /// <summary>The ratio of clicks 1, 2, 0, 3 over views 2, 4, 1, 4.</summary>
    [Fact]
    public void Ratio_OfFourUsers_HasTheVarianceOfTheDeltaMethod()
    {
        var ratio = ArmEstimate.Ratio(JointMoments.Of(2, [1, 2, 2, 4, 0, 1, 3, 4]));

        Assert.Equal(0.5454545, ratio.Value, 5e-8);
        Assert.Equal(0.0111103522, ratio.Variance / ratio.Count, 5e-11);
        Assert.Equal(0.1054057, ratio.StandardError, 5e-8);
    }

    [Fact]
    public void Ratio_OverOnes_IsTheMean()
    {
        var ratio = ArmEstimate.Ratio(JointMoments.Of(2, [1, 1, 2, 1, 0, 1, 3, 1]));

        Assert.Equal(1.5, ratio.Value);
        Assert.Equal(5.0 / 3, ratio.Variance, 1e-15);
    }

    /// <summary>4 clicks of 6 items first, and 3 of 9 later: the variance is that of each user's part of the difference, (y0 - 2/3 z0) / 2 - (y1 - 1/3 z1) / 3.</summary>
    [Fact]
    public void RatioChange_OfThreeUsers_HasTheVarianceOfTheirParts()
    {
        double[] rows = [1, 2, 1, 3, 2, 2, 0, 2, 1, 2, 2, 4];

        var change = ArmEstimate.RatioChange(JointMoments.Of(4, rows));

        Assert.Equal((2.0 / 3) - (1.0 / 3), change.Value, 1e-12);
        double[] parts = [.. Enumerable.Range(0, 3).Select(user => ((rows[4 * user] - (2.0 / 3 * rows[(4 * user) + 1])) / 2) - ((rows[(4 * user) + 2] - (1.0 / 3 * rows[(4 * user) + 3])) / 3))];
        Assert.Equal(0, parts.Sum(), 1e-12);
        Assert.Equal(parts.Sum(part => part * part) / 2, change.Variance, 1e-12);
    }

    /// <summary>The sum, the difference and the first of two numbers.</summary>
    [Fact]
    public void Transform_OfTwoNumbers_IsTheMomentsOfTheirForms()
    {
        var made = JointMoments.Of(2, [1, 2, 3, 5]).Transform([[1, 1], [-1, 1], [1, 0]]);
        var plain = JointMoments.Of(3, [3, 1, 1, 8, 2, 3]);

        Assert.Equal((2L, 3), (made.Count, made.Dimension));
        for (var one = 0; one < 3; one++)
        {
            Assert.Equal(plain.Mean(one), made.Mean(one), 1e-12);
            for (var other = 0; other < 3; other++)
                Assert.Equal(plain.Covariance(one, other), made.Covariance(one, other), 1e-12);
        }
    }

    [Fact]
    public void JointMoments_OfOtherShapes_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ArmEstimate.RatioChange(JointMoments.Of(2, [1, 2])));

        Assert.Throws<ArgumentException>(() => new JointMoments(1, [1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => JointMoments.Of(2, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => JointMoments.Of(1, [1]) + JointMoments.Of(2, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArmEstimate.Ratio(JointMoments.Of(1, [1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArmEstimate.Proportion(3, 2));
    }

    private static double[] Doubles(int[] values) => [.. values.Select(value => (double)(value % 1000))];

    private static double[] Rows((short Y, short Z)[] rows) => [.. rows.SelectMany(row => new double[] { row.Y, row.Z })];
}
