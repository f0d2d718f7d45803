using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Numerics;

public sealed class GramMatrixTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(257)]
    [InlineData(10_000)]
    public void Of_ManyRows_EqualsScalarLoopWhateverTheThreadCount(int rowCount)
    {
        const int Factors = 9;
        var rows = new FactorMatrix(rowCount, Factors, Datasets.Floats(rowCount * Factors, seed: 1));

        var gram = GramMatrix.Of(rows, new TrainingContext(threads: 1));

        Assert.Equal(gram, GramMatrix.Of(rows, new TrainingContext(threads: 4)));
        for (var i = 0; i < Factors; i++)
        {
            for (var j = 0; j < Factors; j++)
            {
                var sum = 0.0;
                for (var row = 0; row < rowCount; row++)
                    sum += (double)rows[row][i] * rows[row][j];
                Assert.Equal(sum, gram[(i * Factors) + j], 1e-2);
            }
        }
    }
}
