using RecoService.Engine.Algorithms.Neighbourhoods;

namespace RecoService.Engine.Tests.Algorithms.Neighbourhoods;

public sealed class MeanRatingTests
{
    [Fact]
    public void ScaleOf_Ratings_IsTheirStandardDeviation() =>
        // The mean is 3, the squared differences are 4, 0, 1 and 1; NaN is no rating.
        Assert.Equal(MathF.Sqrt(6 / 4f), MeanRating.ScaleOf([1, 3, float.NaN, 4, 4]), 1e-6f);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void ScaleOf_EqualRatings_IsOne(int count) => Assert.Equal(1, MeanRating.ScaleOf([.. Enumerable.Repeat(4.1f, count)]));
}
