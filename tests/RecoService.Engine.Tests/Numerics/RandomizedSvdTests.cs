using MathNet.Numerics.LinearAlgebra;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Numerics;

public sealed class RandomizedSvdTests
{
    [Fact]
    public void RightVectors_SparseMatrix_SpanWhatTheExactDecompositionDoes()
    {
        const int Count = 5;
        var matrix = RandomMatrix(71, 37);
        var exact = Matrix<double>.Build.Dense(71, 37);
        foreach (var (row, column, value) in matrix.Entries())
            exact[row, column] = value;
        var singularValues = exact.Svd().S;

        var vectors = RandomizedSvd.RightVectors(matrix, matrix.Transpose(), Count, 10, 8, new TrainingContext(2), _ => { });

        var found = Matrix<double>.Build.Dense(37, Count, (row, column) => vectors[row][column]);
        Assert.Equal(0, (found.TransposeThisAndMultiply(found) - Matrix<double>.Build.DenseIdentity(Count)).FrobeniusNorm(), 1e-5);
        for (var position = 0; position < Count; position++)
            Assert.Equal(singularValues[position], (exact * found.Column(position)).L2Norm(), 1e-3 * singularValues[position]);
    }

    [Fact]
    public void RightVectors_OtherThreadCount_TheSame()
    {
        var matrix = RandomMatrix(600, 300);
        Assert.Equal(VectorsOf(1), VectorsOf(3));

        float[] VectorsOf(int threads) => RandomizedSvd.RightVectors(matrix, matrix.Transpose(), 4, 3, 2, new TrainingContext(threads), _ => { }).Values;
    }

    [Fact]
    public void RightVectors_MoreThanTheRank_AreZeroBeyondIt()
    {
        // Two equal rows: the only singular value is sqrt 2 * |(3, 4, 0)|, its vector (0.6, 0.8, 0) up to the sign.
        var matrix = SparseMatrix.FromEntries(2, 3, [0, 0, 1, 1], [0, 1, 0, 1], [3, 4, 3, 4]);

        var vectors = RandomizedSvd.RightVectors(matrix, matrix.Transpose(), 5, 10, 2, new TrainingContext(), _ => { });

        Assert.Equal(0.6f, Math.Abs(vectors[0][0]), 1e-5f);
        Assert.Equal(0.8f, Math.Abs(vectors[1][0]), 1e-5f);
        Assert.Equal(0, vectors[2][0], 1e-5f);
        Assert.All(vectors.Values.Where((_, position) => position % 5 > 0), value => Assert.Equal(0, value, 1e-5f));
    }

    [Fact]
    public void RightVectors_NoColumns_IsEmpty() =>
        Assert.Empty(RandomizedSvd.RightVectors(SparseMatrix.Empty(3, 0), SparseMatrix.Empty(0, 3), 2, 2, 2, new TrainingContext(), _ => { }).Values);

    private static SparseMatrix RandomMatrix(int rowCount, int columnCount)
    {
        var random = new SeededRandom(3, 0);
        var (rows, columns, values) = (new int[900], new int[900], new float[900]);
        for (var entry = 0; entry < rows.Length; entry++)
        {
            rows[entry] = random.Next(rowCount);
            columns[entry] = (int)(columnCount * random.NextDouble() * random.NextDouble());
            values[entry] = 1;
        }

        return SparseMatrix.FromEntries(rowCount, columnCount, rows, columns, values);
    }
}
