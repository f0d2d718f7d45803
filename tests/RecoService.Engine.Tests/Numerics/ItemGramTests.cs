using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Numerics;

public sealed class ItemGramTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(50, 33, 300)]
    [InlineData(40, 200, 500)]
    public void DenseAndSparse_RandomMatrix_EqualTheDoubleLoop(int users, int items, int entries)
    {
        var random = new SeededRandom(7, 0);
        var rows = new int[entries];
        var columns = new int[entries];
        var values = new float[entries];
        for (var entry = 0; entry < entries; entry++)
            (rows[entry], columns[entry], values[entry]) = (random.Next(users), random.Next(items), 1 + random.Next(3));
        var matrix = SparseMatrix.FromEntries(users, items, rows, columns, values);
        var expected = new double[items, items];
        foreach (var (user, left, weight) in matrix.Entries())
        {
            for (var position = 0; position < matrix.RowLength(user); position++)
                expected[left, matrix.RowColumns(user)[position]] += weight * matrix.RowValues(user)[position];
        }

        var dense = ItemGram.Dense(matrix, matrix.Transpose(), new TrainingContext(2));
        var sparse = ItemGram.Sparse(matrix, matrix.Transpose(), new TrainingContext(2));

        Assert.Equal(expected.Cast<double>().Count(value => value != 0), sparse.NonZeroCount);
        Assert.All(sparse.Entries(), entry => Assert.Equal(expected[entry.Row, entry.Column], entry.Value));
        for (var i = 0; i < items; i++)
        {
            Assert.True(sparse.RowColumns(i).ToArray().SequenceEqual(sparse.RowColumns(i).ToArray().Distinct().Order()));
            for (var j = 0; j < items; j++)
                Assert.Equal(expected[i, j], dense[i, j]);
        }
    }
}
