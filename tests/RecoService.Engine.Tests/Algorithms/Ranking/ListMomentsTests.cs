using FsCheck.Xunit;
using RecoService.Engine.Algorithms.Ranking;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class ListMomentsTests
{
    [Fact]
    public void Standardise_Columns_HaveMeanZeroAndDeviationOne()
    {
        // Feature 0 is 1, 3, 5: mean 3, variance 8 / 3. Feature 1 is 7 throughout. Feature 2 is 0, 0, 6: mean 2, variance 8.
        float[] rows = [1, 7, 0, 3, 7, 0, 5, 7, 6];

        var moments = ListMoments.Of(rows, new double[6]);
        moments.Standardise(rows);

        Assert.Equal([3.0, 7, 2], moments.Means);
        Assert.Equal([Math.Sqrt(8 / 3.0), 0, Math.Sqrt(8)], moments.Deviations);
        var (side, low, high) = ((float)(2 / Math.Sqrt(8 / 3.0)), (float)(-2 / Math.Sqrt(8)), (float)(4 / Math.Sqrt(8)));
        Assert.Equal([-side, 0, low, 0, 0, low, side, 0, high], rows);
    }

    [Fact]
    public void Standardise_ItemsOutsideTheList_AreHeldAgainstIt()
    {
        // The list has mean 2 and deviation 1; what stands at 10 is 8 deviations away.
        float[] other = [10, float.NaN];

        ListMoments.Of([1, 3], new double[2]).Standardise(other);

        Assert.Equal([8, float.NaN], other);
    }

    [Fact]
    public void Of_SpreadOfRounding_CountsAsNone()
    {
        var third = 1 / 3f;

        Assert.Equal(0, ListMoments.Of([third, MathF.BitIncrement(third), third], new double[2]).Deviations[0]);
        Assert.True(ListMoments.Of([third * 1e-20f, third * 2e-20f], new double[2]).Deviations[0] > 0);
    }

    [Fact]
    public void Of_NoRows_IsNeutral()
    {
        float[] row = [4, 5];
        ListMoments.Of([], new double[4]).Standardise(row);
        Assert.Equal([0f, 0], row);
    }

    [Property]
    public void Standardise_AnyShiftAndScaleOfAFeature_ChangesNothing(byte[] values, byte shift, byte scale)
    {
        float[] plain = [.. values.Select(value => (float)value)];
        float[] moved = [.. values.Select(value => ((1f + scale) * value) + shift)];

        ListMoments.Of(plain, new double[2]).Standardise(plain);
        ListMoments.Of(moved, new double[2]).Standardise(moved);

        for (var position = 0; position < values.Length; position++)
            Assert.Equal(plain[position], moved[position], 1e-4f);
    }
}
