using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class SymmetricKernelsTests
{
    /// <summary>Row lengths around four rows, one and two vectors of 8 or 16 floats, crossed with row counts.</summary>
    public static MatrixTheoryData<int, int> Shapes => new([0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 64], [0, 1, 5, 11]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AddGram_AnyShape_UpperTriangleEqualsScalarLoop(int n, int rowCount)
    {
        var matrix = Datasets.Floats(n * n, seed: 1);
        var rows = Datasets.Floats(rowCount * n, seed: 2);
        var expected = Expected(matrix, n, rows, sign: 1);

        SymmetricKernels.AddGram(matrix, n, rows);

        AssertUpperRows(expected, matrix, n, 0, n);
    }

    [Theory]
    [InlineData(64, 4)]
    [InlineData(64, 60)]
    [InlineData(18, 16)]
    public void AddToPanel_Minus_SubtractsFromFourRowsAlone(int n, int first)
    {
        var matrix = Datasets.Floats(n * n, seed: 1);
        var before = (float[])matrix.Clone();
        var rows = Datasets.Floats(9 * n, seed: 2);
        var expected = Expected(matrix, n, rows, sign: -1);
        var end = Math.Min(first + SymmetricKernels.PanelRows, n);

        SymmetricKernels.AddToPanel(matrix, n, rows, first, sign: -1);

        AssertUpperRows(expected, matrix, n, first, end);
        Assert.Equal(before[..(first * n)], matrix[..(first * n)]);
        Assert.Equal(before[(end * n)..], matrix[(end * n)..]);
    }

    private static double[] Expected(float[] matrix, int n, float[] rows, int sign)
    {
        var expected = Array.ConvertAll(matrix, value => (double)value);
        for (var row = 0; row < rows.Length; row += Math.Max(n, 1))
        {
            for (var cell = 0; cell < n * n; cell++)
                expected[cell] += sign * (double)rows[row + (cell / n)] * rows[row + (cell % n)];
        }

        return expected;
    }

    private static void AssertUpperRows(double[] expected, float[] matrix, int n, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            for (var j = i; j < n; j++)
                Assert.Equal(expected[(i * n) + j], matrix[(i * n) + j], 1e-4);
        }
    }
}
