using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class GradientStepsTests
{
    public static TheoryData<int> Lengths => VectorMathTests.Lengths;

    [Theory]
    [MemberData(nameof(Lengths))]
    public void DotOfDifference_AnyLength_EqualsScalarLoop(int length)
    {
        var (p, a, b) = (Datasets.Floats(length, seed: 1), Datasets.Floats(length, seed: 2), Datasets.Floats(length, seed: 3));
        var expected = 0.0;
        for (var position = 0; position < length; position++)
            expected += (double)p[position] * (a[position] - b[position]);

        Assert.Equal(expected, GradientSteps.DotOfDifference(p, a, b), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void StepTriple_AnyLength_EqualsScalarLoop(int length)
    {
        var (p, a, b) = (Datasets.Floats(length, seed: 1), Datasets.Floats(length, seed: 2), Datasets.Floats(length, seed: 3));
        var (expectedP, expectedA, expectedB) = (new float[length], new float[length], new float[length]);
        for (var position = 0; position < length; position++)
        {
            expectedP[position] = (0.9f * p[position]) + (0.2f * (a[position] - b[position]));
            expectedA[position] = (0.8f * a[position]) + (0.2f * p[position]);
            expectedB[position] = (0.7f * b[position]) - (0.2f * p[position]);
        }

        GradientSteps.StepTriple(p, a, b, pShrink: 0.9f, aShrink: 0.8f, bShrink: 0.7f, step: 0.2f);

        AssertClose(expectedP, p);
        AssertClose(expectedA, a);
        AssertClose(expectedB, b);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void StepPair_AnyLength_EqualsScalarLoop(int length)
    {
        var (p, q) = (Datasets.Floats(length, seed: 1), Datasets.Floats(length, seed: 2));
        var (expectedP, expectedQ) = (new float[length], new float[length]);
        for (var position = 0; position < length; position++)
        {
            expectedP[position] = (0.9f * p[position]) + (0.4f * q[position]);
            expectedQ[position] = (0.9f * q[position]) + (0.2f * p[position]);
        }

        GradientSteps.StepPair(p, q, shrink: 0.9f, pStep: 0.4f, qStep: 0.2f);

        AssertClose(expectedP, p);
        AssertClose(expectedQ, q);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void ShrinkAndAdd_AnyLength_EqualsScalarLoop(int length)
    {
        var (target, gain) = (Datasets.Floats(length, seed: 1), Datasets.Floats(length, seed: 2));
        var expected = new float[length];
        for (var position = 0; position < length; position++)
            expected[position] = (0.9f * target[position]) + gain[position];

        GradientSteps.ShrinkAndAdd(target, 0.9f, gain);

        AssertClose(expected, target);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var position = 0; position < expected.Length; position++)
            Assert.Equal(expected[position], actual[position], 1e-5f);
    }
}
