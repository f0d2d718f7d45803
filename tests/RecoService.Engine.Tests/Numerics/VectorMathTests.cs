using System.Numerics;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class VectorMathTests
{
    public static TheoryData<int> Lengths => [0, 1, Vector<float>.Count - 1, Vector<float>.Count, Vector<float>.Count + 1, 15, 16, 17, (3 * Vector<float>.Count) + 2, 64];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Dot_AnyLength_EqualsScalarLoop(int length)
    {
        var left = Datasets.Floats(length, seed: 1);
        var right = Datasets.Floats(length, seed: 2);
        var expected = 0.0;
        for (var position = 0; position < length; position++)
            expected += (double)left[position] * right[position];

        Assert.Equal(expected, VectorMath.Dot(left, right), 1e-5);
        Assert.Equal(expected, VectorMath.DotOfPair(left, right), 1e-5);
        Assert.Equal(expected, VectorMath.DotInDouble(left, right), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AddScaled_AnyLength_EqualsScalarLoop(int length)
    {
        var target = Datasets.Floats(length, seed: 1);
        var source = Datasets.Floats(length, seed: 2);
        var expected = (float[])target.Clone();
        for (var position = 0; position < length; position++)
            expected[position] += 0.3f * source[position];

        VectorMath.AddScaled(target, 0.3f, source);

        AssertClose(expected, target);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void StepPair_AnyLength_EqualsScalarLoop(int length)
    {
        var p = Datasets.Floats(length, seed: 1);
        var q = Datasets.Floats(length, seed: 2);
        var expectedP = new float[length];
        var expectedQ = new float[length];
        for (var position = 0; position < length; position++)
        {
            expectedP[position] = (0.9f * p[position]) + (0.2f * q[position]);
            expectedQ[position] = (0.9f * q[position]) + (0.2f * p[position]);
        }

        VectorMath.StepPair(p, q, shrink: 0.9f, step: 0.2f);

        AssertClose(expectedP, p);
        AssertClose(expectedQ, q);
    }

    [Theory]
    [InlineData(new float[0], true)]
    [InlineData(new[] { 1f, -2f }, true)]
    [InlineData(new[] { 1f, float.NaN }, false)]
    [InlineData(new[] { float.NegativeInfinity, 1f }, false)]
    public void AllFinite_Values_FindsTheOdd(float[] values, bool expected) => Assert.Equal(expected, VectorMath.AllFinite(values));

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var position = 0; position < expected.Length; position++)
            Assert.Equal(expected[position], actual[position], 1e-5f);
    }
}
