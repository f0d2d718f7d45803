using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

public sealed class RowRegularizationTests
{
    /// <summary>Rows of 1, 0 and 4 entries; four of six columns have an entry.</summary>
    private static readonly SparseMatrix Rows = SparseMatrix.FromEntries(3, 6, [0, 2, 2, 2, 2], [1, 0, 1, 2, 5], [1, 1, 1, -1, 1]);

    private static readonly SparseMatrix Columns = Rows.Transpose();

    [Theory]
    [InlineData(RegularizationScale.None, null, 3, 3)]
    [InlineData(RegularizationScale.None, 0f, 3, 3)]
    [InlineData(RegularizationScale.None, 1f, 1.2, 4.8)]
    [InlineData(RegularizationScale.None, 0.5f, 2, 4)]
    [InlineData(RegularizationScale.RelativeFrequency, null, 1.2, 4.8)]
    [InlineData(RegularizationScale.RelativeFrequency, 0f, 3, 3)]
    [InlineData(RegularizationScale.MeanFrequency, null, 7.5, 7.5)]
    [InlineData(RegularizationScale.MeanFrequency, 1f, 3, 12)]
    [InlineData(RegularizationScale.Frequency, 0f, 7.5, 7.5)]
    [InlineData(RegularizationScale.Frequency, null, 3, 12)]
    public void Of_EveryScale_EqualsHandComputed(RegularizationScale scale, float? exponent, float one, float four)
    {
        var regularization = RowRegularization.Of(new ImplicitAlsOptions { Regularization = 3, RegularizationScale = scale, RegularizationExponent = exponent }, Rows, Columns);

        Assert.Equal(one, regularization.Of(1), 1e-6f);
        Assert.Equal(four, regularization.Of(4), 1e-6f);
    }

    [Fact]
    public void Of_FrequencyByTheRoot_SharesTheSameSumOut()
    {
        // The roots of 1 and 4 sum to 3, the entries to 5: 3 x 5 / 3 a root, so 5 and 10, which sum to 3 x 5 as 3 and 12 do.
        var regularization = RowRegularization.Of(
            new ImplicitAlsOptions { Regularization = 3, RegularizationScale = RegularizationScale.Frequency, RegularizationExponent = 0.5f }, Rows, Columns);

        Assert.Equal((5, 10), (regularization.Of(1), regularization.Of(4)));
    }

    [Theory]
    [InlineData(1, 6 * 3, 6 * 6)]
    [InlineData(0, 6 * 4.5, 6 * 4.5)]
    public void Of_WeightedFrequency_CountsTheUnobservedToo(float exponent, float one, float four)
    {
        // An unobserved pair weighs 0.5, and 4 columns are used: 1 + 2 and 4 + 2. In units of 0.5 lambda is 6.
        var regularization = RowRegularization.Of(
            new ImplicitAlsOptions { Regularization = 3, UnobservedWeight = 0.5f, RegularizationScale = RegularizationScale.WeightedFrequency, RegularizationExponent = exponent }, Rows, Columns);

        Assert.Equal((one, four), (regularization.Of(1), regularization.Of(4)));
    }

    [Fact]
    public void Of_NothingAtAll_IsLambda() =>
        Assert.Equal(3, RowRegularization.Of(new ImplicitAlsOptions { Regularization = 3 }, SparseMatrix.Empty(2, 2), SparseMatrix.Empty(2, 2)).Of(1));
}
