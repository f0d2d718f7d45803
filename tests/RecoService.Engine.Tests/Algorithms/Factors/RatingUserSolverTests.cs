using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Factors;

public sealed class RatingUserSolverTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1]);
    private static readonly KeyMap Items = KeyMap.FromAscending([1, 2, 3]);

    [Fact]
    public void TryEncode_TwoRatingsOneFactor_EqualsHandComputed()
    {
        // Mean 3, item biases 0.5 and -0.5, factors 2 and 1, ratings 5 and 3: e = (5 - 3 - 0.5, 3 - 3 + 0.5) = (1.5, 0.5).
        // n = 2, lambda = 0.25, lambda_b = 0.25, so w = 1 / (2 * 1.25) = 0.4, s = 3 and sum e = 2.
        // (2^2 + 1^2 - 0.4 * 3 * 3 + 2 * 0.25) p = (2 * 1.5 + 1 * 0.5) - 0.4 * 2 * 3: 1.9 p = 1.1, p = 0.578947.
        // b = 0.4 * (2 - 3 * 0.578947) = 0.105263.
        var model = new FactorModel(Users, Items, new FactorMatrix(1, 1), new FactorMatrix(3, 1, [2, 1, 7]), 3, [0], [0.5f, -0.5f, 0]);
        var factors = new float[1];

        Assert.True(new RatingUserSolver(model, new RatingFoldIn(0.25f, 0.25f, isNonNegative: false)).TryEncode(History([5, 3, float.NaN]), factors, out var bias));

        Assert.Equal(0.578947f, factors[0], 1e-5f);
        Assert.Equal(0.105263f, bias, 1e-5f);
    }

    [Fact]
    public void TryEncode_NoUserBiases_IsPlainRidge()
    {
        // (2^2 + 1^2 + 2 * 0.25) p = 2 * 5 + 1 * 3: p = 13 / 5.5 = 2.363636.
        var model = new FactorModel(Users, Items, new FactorMatrix(1, 1), new FactorMatrix(3, 1, [2, 1, 7]));
        var factors = new float[1];

        Assert.True(new RatingUserSolver(model, new RatingFoldIn(0.25f, 0.25f, isNonNegative: false)).TryEncode(History([5, 3, float.NaN]), factors, out var bias));

        Assert.Equal(2.363636f, factors[0], 1e-5f);
        Assert.Equal(0, bias);
    }

    [Fact]
    public void TryEncode_NonNegative_IsTheBestWithoutANegativeFactor()
    {
        // Without the bound (1, 0) . p = 4 and (1, 1) . p = 1 want p near (4, -3); with p2 = 0 it is (1 + 1 + 2 * 0.5) p1 = 4 + 1: p1 = 5 / 3.
        var model = new FactorModel(Users, Items, new FactorMatrix(1, 2), new FactorMatrix(3, 2, [1, 0, 1, 1, 5, 5]));
        var factors = new float[2];

        Assert.True(new RatingUserSolver(model, new RatingFoldIn(0.5f, 0, isNonNegative: true)).TryEncode(History([4, 1, float.NaN]), factors, out _));

        Assert.Equal(5 / 3f, factors[0], 1e-4f);
        Assert.Equal(0, factors[1]);
    }

    [Fact]
    public void TryEncode_NoFactors_GivesTheShrunkenBias()
    {
        // e = (2, 0) and w = 1 / (2 * 1.25): b = 0.4 * 2.
        var model = new FactorModel(Users, Items, new FactorMatrix(1, 0), new FactorMatrix(3, 0), 3, [0], [0, 0, 0]);

        Assert.True(new RatingUserSolver(model, new RatingFoldIn(0.25f, 0.25f, isNonNegative: false)).TryEncode(History([5, 3, float.NaN]), [], out var bias));

        Assert.Equal(0.8f, bias, 1e-6f);
    }

    [Fact]
    public void TryEncode_WithoutARating_IsFalse()
    {
        var model = new FactorModel(Users, Items, new FactorMatrix(1, 1), new FactorMatrix(3, 1));
        Assert.False(new RatingUserSolver(model, new RatingFoldIn(0, 0, isNonNegative: false)).TryEncode(History([float.NaN, float.NaN, float.NaN]), new float[1], out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void TryEncode_AnyNumberOfRatings_IsWhereTheGradientIsZero(int count)
    {
        // Of sum (e - b - p . q)^2 + n lambda |p|^2 + n lambda_b b^2, by p and by b.
        const int Factors = 20;
        const float Lambda = 0.1f, BiasLambda = 0.02f;
        var model = new FactorModel(
            Users, KeyMap.FromAscending([.. Enumerable.Range(0, count)]), new FactorMatrix(1, Factors), new FactorMatrix(count, Factors, Datasets.Floats(count * Factors, seed: 1)), 3, [0], new float[count]);
        var ratings = Array.ConvertAll(Datasets.Floats(count, seed: 2), value => 3 + value);
        var factors = new float[Factors];

        Assert.True(new RatingUserSolver(model, new RatingFoldIn(Lambda, BiasLambda, isNonNegative: false)).TryEncode(
            new UserHistory(-1, [.. Enumerable.Range(0, count)], new float[count], new long[count], ratings), factors, out var bias));

        var (slope, biasSlope) = (Array.ConvertAll(factors, factor => (double)-count * Lambda * factor), -count * BiasLambda * (double)bias);
        for (var item = 0; item < count; item++)
        {
            var error = ratings[item] - 3 - bias - VectorMath.DotInDouble(factors, model.ItemFactors[item]);
            biasSlope += error;
            for (var factor = 0; factor < Factors; factor++)
                slope[factor] += error * model.ItemFactors[item][factor];
        }

        Assert.All(slope, value => Assert.Equal(0, value, 2e-4 * count));
        Assert.Equal(0, biasSlope, 2e-4 * count);
    }

    private static UserHistory History(float[] ratings) => new(-1, [0, 1, 2], [5, 5, 1], [0, 0, 0], ratings);
}
