using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class CholeskySolverTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(64)]
    [InlineData(131)]
    public void TrySolve_PositiveDefinite_ResidualIsSmall(int n)
    {
        var matrix = PositiveDefinite(n);
        var rightHandSide = Datasets.Floats(n, seed: 2);
        var solution = (float[])rightHandSide.Clone();

        Assert.True(CholeskySolver.TrySolve((float[])matrix.Clone(), n, solution));

        for (var i = 0; i < n; i++)
        {
            var product = 0.0;
            for (var j = 0; j < n; j++)
                product += (double)matrix[(i * n) + j] * solution[j];
            Assert.Equal(rightHandSide[i], product, 1e-4);
        }
    }

    [Fact]
    public void TrySolve_TwoByTwo_EqualsHandComputed()
    {
        // [4 2; 2 3] x = [2; 5]: U = [2 1; 0 sqrt 2], y = (1, 4 / sqrt 2), x = (-0.5, 2). The lower triangle is not read.
        float[] solution = [2, 5];

        Assert.True(CholeskySolver.TrySolve([4, 2, float.NaN, 3], 2, solution));

        Assert.Equal(-0.5f, solution[0], 1e-6f);
        Assert.Equal(2f, solution[1], 1e-6f);
    }

    [Fact]
    public void TrySolve_NoUnknowns_Succeeds() => Assert.True(CholeskySolver.TrySolve([], 0, []));

    [Theory]
    [InlineData(new[] { 0f, 0, 0, 1 }, 0)]
    [InlineData(new[] { 1f, 2, 0, 1 }, 1)]
    [InlineData(new[] { 1f, 1, 0, 1 }, 1)]
    [InlineData(new[] { float.NaN, 0, 0, 1 }, 0)]
    [InlineData(new[] { float.PositiveInfinity, 0, 0, 1 }, 0)]
    public void TryFactor_NotPositiveDefinite_NamesThePivot(float[] matrix, int expected)
    {
        Assert.False(CholeskySolver.TryFactor(matrix, 2, out var badPivot));
        Assert.Equal(expected, badPivot);
    }

    internal static float[] PositiveDefinite(int n)
    {
        var rows = Datasets.Floats(2 * n * n, seed: 1);
        var matrix = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = i == j ? 1.0 : 0;
                for (var row = 0; row < 2 * n; row++)
                    sum += (double)rows[(row * n) + i] * rows[(row * n) + j] / n;
                matrix[(i * n) + j] = (float)sum;
            }
        }

        return matrix;
    }
}
