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

    [Fact]
    public void JointMoments_OfOtherShapes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new JointMoments(1, [1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => JointMoments.Of(2, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => JointMoments.Of(1, [1]) + JointMoments.Of(2, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArmEstimate.Ratio(JointMoments.Of(1, [1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArmEstimate.Proportion(3, 2));
    }

    private static double[] Doubles(int[] values) => [.. values.Select(value => (double)(value % 1000))];

    private static double[] Rows((short Y, short Z)[] rows) => [.. rows.SelectMany(row => new double[] { row.Y, row.Z })];
}
