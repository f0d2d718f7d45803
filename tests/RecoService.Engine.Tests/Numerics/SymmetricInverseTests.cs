using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Numerics;

public sealed class SymmetricInverseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(255)]
    [InlineData(257)]
    [InlineData(600)]
    public void TryInvert_PositiveDefinite_ProductIsTheUnitMatrixWhateverTheThreadCount(int order)
    {
        var matrix = PositiveDefinite(order);
        var inverse = PositiveDefinite(order);
        var again = PositiveDefinite(order);

        Assert.True(SymmetricInverse.TryInvert(inverse, new TrainingContext(threads: 1)));
        Assert.True(SymmetricInverse.TryInvert(again, new TrainingContext(threads: 3)));

        var random = new SeededRandom(1, 0);
        for (var check = 0; check < 2_000; check++)
        {
            var (i, j) = (random.Next(order), random.Next(order));
            var product = 0.0;
            for (var p = 0; p < order; p++)
                product += (double)matrix[i, p] * inverse[p, j];
            Assert.Equal(i == j ? 1 : 0, product, 1e-4);
            Assert.Equal(inverse[i, j], again[i, j]);
        }
    }

    [Fact]
    public void TryInvert_TwoByTwo_EqualsHandComputed()
    {
        // [4 2; 2 3] has the determinant 8, so its inverse is [3 -2; -2 4] / 8.
        var matrix = new SymmetricMatrix(2);
        (matrix.Row(0)[0], matrix.Row(1)[0], matrix.Row(1)[1]) = (4, 2, 3);

        Assert.True(SymmetricInverse.TryInvert(matrix, new TrainingContext()));

        Assert.Equal(0.375f, matrix[0, 0], 1e-6f);
        Assert.Equal(-0.25f, matrix[0, 1], 1e-6f);
        Assert.Equal(0.5f, matrix[1, 1], 1e-6f);
    }

    [Fact]
    public void TryInvert_NoRows_Succeeds() => Assert.True(SymmetricInverse.TryInvert(new SymmetricMatrix(0), new TrainingContext()));

    [Theory]
    [InlineData(0, 0f)]
    [InlineData(299, -1f)]
    [InlineData(40, float.NaN)]
    public void TryInvert_NotPositiveDefinite_IsRefused(int position, float diagonal)
    {
        var matrix = PositiveDefinite(300);
        matrix.Row(position)[position] = diagonal;
        Assert.False(SymmetricInverse.TryInvert(matrix, new TrainingContext()));
    }

    [Fact]
    public void TryInvert_Cancelled_Throws() => Assert.Throws<OperationCanceledException>(
        () => SymmetricInverse.TryInvert(PositiveDefinite(40), new TrainingContext(cancellationToken: new CancellationToken(canceled: true))));

    /// <summary>Random products around a diagonal that outweighs them: the condition number is about 3.</summary>
    private static SymmetricMatrix PositiveDefinite(int order)
    {
        var matrix = new SymmetricMatrix(order);
        var random = new SeededRandom(order, 0);
        for (var row = 0; row < order; row++)
        {
            foreach (ref var value in matrix.Row(row))
                value = random.NextGaussian() * 0.25f / MathF.Sqrt(order);
        }

        matrix.AddToDiagonal(1);
        return matrix;
    }
}
