using RecoService.Api.Gorse;

namespace RecoService.Api.Tests.Gorse;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("500ms", 0.5)]
    [InlineData("-2m3s", -123)]
    [InlineData("+1h", 3600)]
    [InlineData("3us", 3e-6)]
    [InlineData("3µs", 3e-6)]
    [InlineData("100ns", 1e-7)]
    public void TryParse_ADuration_IsItsSeconds(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("1d")]
    [InlineData("1h 30m")]
    [InlineData("1..5s")]
    [InlineData("1/2h")]
    [InlineData("9999999999999h")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
