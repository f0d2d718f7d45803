using System.Numerics;
using System.Runtime.Intrinsics;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class SparseMathTests
{
    public static TheoryData<int> Lengths => [0, 1, Vector<float>.Count - 1, Vector<float>.Count, Vector<float>.Count + 1, (3 * Vector<float>.Count) + 2];

    [Fact]
    public void AddScaled_SomeColumns_AddsToThemAlone()
    {
        float[] target = [1, 2, 3, 4];
        SparseMath.AddScaled(target, 2, [1, 3], [10, 20]);
        Assert.Equal([1, 22, 3, 44], target);
    }

    [Fact]
    public void Gathering_SomeColumns_AddsToThemAlone()
    {
        float[] counts = [1, 0, 0];
        SparseMath.Count(counts, [0, 2]);
        Assert.Equal([2, 0, 1], counts);

        float[] differences = [0, 0, 1];
        SparseMath.AddDifferences(differences, 5, [0, 2], [2, 7]);
        Assert.Equal([3, 0, -1], differences);

        Vector128<float>[] moments = [default, Vector128<float>.One];
        SparseMath.AddMoments(moments, 2, [1], [3]);
        Assert.Equal([default, Vector128.Create(2f, 7, 5, 10)], moments);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void DivideBySum_AnyLength_EqualsScalar(int length)
    {
        var (values, sizes) = Inputs(length);
        var expected = values.Zip(sizes, (value, size) => value / ((size * 3) + 0.5f)).ToArray();
        SparseMath.DivideBySum(values, sizes, 3, 0.5f);
        Assert.Equal(expected, values, Near);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void DivideByUnion_AnyLength_EqualsScalar(int length)
    {
        var (values, sizes) = Inputs(length);
        var expected = values.Zip(sizes, (value, size) => value / (size - value + 0.5f)).ToArray();
        SparseMath.DivideByUnion(values, sizes, 0.5f);
        Assert.Equal(expected, values, Near);
    }

    [Fact]
    public void OfferPositive_ManyScores_KeepsTheBestAboveZero()
    {
        var best = new TopK(2);
        SparseMath.OfferPositive([0, 3, float.NaN, -1, 5, 3], best);
        var (positions, scores) = (new int[2], new float[2]);
        Assert.Equal(2, best.Drain(positions, scores));
        Assert.Equal([4, 1], positions);

        SparseMath.OfferPositive([0, -2], best);
        Assert.Equal(0, best.Count);
    }

    private static (float[] Values, float[] Sizes) Inputs(int length) =>
        (Array.ConvertAll(Datasets.Floats(length, seed: 1), MathF.Abs), Array.ConvertAll(Datasets.Floats(length, seed: 2), size => 20 + MathF.Abs(size)));

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-6f;

    /// <summary>Rows of 0, 1, 3, 4, 5, 8 and 13 entries, held against a plain loop.</summary>
    [Fact]
    public void AddRow_RowsOfAnyLength_EqualsThePlainLoop()
    {
        var random = new Random(4);
        int[] lengths = [0, 1, 3, 4, 5, 8, 13];
        var columns = lengths.SelectMany(length => Enumerable.Range(0, 20).OrderBy(_ => random.Next()).Take(length).Order()).ToArray();
        var matrix = SparseMatrix.FromRows(20, lengths, columns, [.. columns.Select(_ => random.NextSingle() - 0.5f)]);
        for (var row = 0; row < lengths.Length; row++)
        {
            float[] sums = [.. Enumerable.Range(0, 20).Select(_ => random.NextSingle())];
            var expected = sums.ToArray();
            for (var position = 0; position < matrix.RowLength(row); position++)
                expected[matrix.RowColumns(row)[position]] += 0.7f * matrix.RowValues(row)[position];

            matrix.AddRow(row, 0.7f, sums);

            for (var column = 0; column < 20; column++)
                Assert.Equal(expected[column], sums[column], 1e-6f);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.AddRow(0, 1, new float[19]));
    }
}
