using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class QuantizationTests
{
    [Theory]
    [InlineData(1, 1, 127)]
    [InlineData(64, 1e-20, 127)]
    [InlineData(65, 1e20, 127)]
    [InlineData(1, 1, 63)]
    [InlineData(64, 1e20, 63)]
    public void Of_AnyScale_IsWithinHalfALevel(int factors, double size, int mostLevel)
    {
        var values = Datasets.Floats(factors, seed: 1).Select(value => value * (float)size).ToArray();
        var levels = new float[factors];

        var quantization = Quantization.Of(values, levels, new float[factors], mostLevel);

        var errors = values.Select((value, factor) => ((double)value / quantization.Scale) - levels[factor]).ToArray();
        Assert.All(errors, error => Assert.InRange(error, -0.5001, 0.5001));
        Assert.Equal(mostLevel, levels.Max(Math.Abs));
        Assert.All(levels, level => Assert.Equal(MathF.Round(level), level));
        Assert.Equal(Length(errors), quantization.ErrorNorm, 1e-3);
        Assert.Equal(Length(levels.Select(level => (double)level)), quantization.LevelNorm, 1e-3);
        Assert.Equal(Length(values.Select(value => (double)value / quantization.Scale)), quantization.Norm, 1e-3);
    }

    [Fact]
    public void Of_ZerosOrNothing_HasNoLength()
    {
        Assert.Equal((0f, 0f, 0f), Lengths(Quantization.Of([0, 0], new float[2], new float[2])));
        Assert.Equal((0f, 0f, 0f), Lengths(Quantization.Of([], [], [])));

        static (float Levels, float Values, float Errors) Lengths(Quantization quantization) => (quantization.LevelNorm, quantization.Norm, quantization.ErrorNorm);
    }

    [Fact]
    public void Of_NaN_HasNoScale() => Assert.True(float.IsNaN(Quantization.Of([1, float.NaN, 2], new float[3], new float[3]).Scale));

    private static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
