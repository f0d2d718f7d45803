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
        for (var place = 0; place < length; place++)
            expected += (double)left[place] * right[place];

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
        for (var place = 0; place < length; place++)
            expected[place] += 0.3f * source[place];

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
        for (var place = 0; place < length; place++)
        {
            expectedP[place] = (0.9f * p[place]) + (0.2f * q[place]);
            expectedQ[place] = (0.9f * q[place]) + (0.2f * p[place]);
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
        for (var place = 0; place < expected.Length; place++)
            Assert.Equal(expected[place], actual[place], 1e-5f);
    }
}
