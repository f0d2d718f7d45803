using FsCheck.Xunit;
using RecoService.WebConsole.Charts;

namespace RecoService.Console.Tests.Charts;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(7_390.5, 8_000, 2_000)]
    [InlineData(0.09, 0.1, 0.025)]
    [InlineData(126, 150, 50)]
    [InlineData(4, 4, 1)]
    [InlineData(1e-7, 1e-7, 2.5e-8)]
    public void Over_APositiveValue_EndsAtTheNextRoundNumber(double highest, double high, double step)
    {
        var scale = Scale.Over([highest / 3, highest], 200);

        Assert.Equal(0, scale.Low);
        Assert.Equal(high, scale.High, high * 1e-9);
        Assert.Equal(step, scale.Step, step * 1e-9);
    }

    [Fact]
    public void Over_NegativeValues_HoldsZeroAndThem()
    {
        var scale = Scale.Over([-30, 12], 200);

        Assert.Equal((-40.0, 20.0, 20.0), (scale.Low, scale.High, scale.Step));
        Assert.Equal([-40.0, -20.0, 0.0, 20.0], scale.Ticks);
        Assert.Equal(200 * 40.0 / 60, scale.At(0), 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Over_NothingToScale_IsFromZeroToOne(double value)
    {
        var scale = Scale.Over([value], 100);

        Assert.Equal((0.0, 1.0), (scale.Low, scale.High));
    }

    [Property]
    public bool Over_AnyValues_HoldsThemAllWithAFewTicks(int[] values)
    {
        var scale = Scale.Over(values.Select(value => value / 7.0), 300);

        return values.All(value => scale.At(value / 7.0) is >= -1e-6 and <= 300 + 1e-6) && scale.Ticks.Count() is >= 2 and <= 8;
    }
}
