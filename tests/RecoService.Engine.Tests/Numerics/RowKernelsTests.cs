using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class RowKernelsTests
{
    /// <summary>Row lengths around a vector of 16 floats crossed with row counts around the eight that are added at once.</summary>
    public static MatrixTheoryData<int, int> Shapes => new([0, 1, 7, 15, 16, 17, 33, 64], [0, 1, 7, 8, 9, 19]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AddCombination_AnyShape_EqualsScalarLoop(int n, int count)
    {
        var rows = Datasets.Floats(count * n, seed: 1);
        var weights = Datasets.Floats(count, seed: 2);
        var target = Datasets.Floats(n, seed: 3);
        var expected = Array.ConvertAll(target, value => (double)value);
        for (var cell = 0; cell < count * n; cell++)
            expected[cell % n] += (double)weights[cell / n] * rows[cell];

        RowKernels.AddCombination(target, rows, weights);

        AssertClose(expected, target);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AddProjections_AnyShape_EqualsScalarLoop(int n, int count)
    {
        var rows = Datasets.Floats(count * n, seed: 1);
        var vector = Datasets.Floats(n, seed: 2);
        var constants = Datasets.Floats(count, seed: 3);
        var scales = Datasets.Floats(count, seed: 4);

        AssertClose(Projected(n, rows, vector, constants, scales), Added(n, rows, vector, constants, scales));
        AssertClose(Projected(n, rows, vector, new float[count], scales), Added(n, rows, vector, [], scales));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Dots_AnyShape_EqualsScalarLoop(int n, int count)
    {
        var rows = Datasets.Floats((count + 1) * n, seed: 1);
        var vector = Datasets.Floats(n, seed: 2);
        var (expected, dots) = (new double[count], new float[count]);
        for (var cell = 0; cell < count * n; cell++)
            expected[cell / n] += (double)rows[cell] * vector[cell % n];
        dots.AsSpan().Fill(7);

        RowKernels.Dots(rows, vector, dots);

        AssertClose(expected, dots);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(64)]
    public void Gather_AnyLength_CopiesTheRowsInTheGivenOrder(int n)
    {
        var source = new FactorMatrix(5, n, Datasets.Floats(5 * n, seed: 1));
        var rows = new float[(3 * n) + 1];

        RowKernels.Gather(source, [4, 0, 4], rows);

        Assert.Equal([.. source[4], .. source[0], .. source[4], 0f], rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => RowKernels.Gather(source, [5], new float[n]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowKernels.Gather(source, [0, 1], new float[n]));
    }

    private static double[] Projected(int n, float[] rows, float[] vector, float[] constants, float[] scales)
    {
        var result = new double[n];
        for (var row = 0; row < scales.Length; row++)
        {
            var dot = 0.0;
            for (var position = 0; position < n; position++)
                dot += (double)rows[(row * n) + position] * vector[position];
            for (var position = 0; position < n; position++)
                result[position] += (constants[row] + (scales[row] * dot)) * rows[(row * n) + position];
        }

        return result;
    }

    private static float[] Added(int n, float[] rows, float[] vector, float[] constants, float[] scales)
    {
        var target = new float[n];
        RowKernels.AddProjections(target, rows, vector, constants, scales);
        return target;
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        for (var position = 0; position < expected.Length; position++)
            Assert.Equal(expected[position], actual[position], 1e-4 * Math.Max(1, Math.Abs(expected[position])));
    }
}
