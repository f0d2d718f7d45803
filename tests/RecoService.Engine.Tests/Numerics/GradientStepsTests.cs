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
        for (var place = 0; place < length; place++)
            expected += (double)p[place] * (a[place] - b[place]);

        Assert.Equal(expected, GradientSteps.DotOfDifference(p, a, b), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void StepTriple_AnyLength_EqualsScalarLoop(int length)
    {
        var (p, a, b) = (Datasets.Floats(length, seed: 1), Datasets.Floats(length, seed: 2), Datasets.Floats(length, seed: 3));
        var (expectedP, expectedA, expectedB) = (new float[length], new float[length], new float[length]);
        for (var place = 0; place < length; place++)
        {
            expectedP[place] = (0.9f * p[place]) + (0.2f * (a[place] - b[place]));
            expectedA[place] = (0.8f * a[place]) + (0.2f * p[place]);
            expectedB[place] = (0.7f * b[place]) - (0.2f * p[place]);
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
        for (var place = 0; place < length; place++)
        {
            expectedP[place] = (0.9f * p[place]) + (0.4f * q[place]);
            expectedQ[place] = (0.9f * q[place]) + (0.2f * p[place]);
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
        for (var place = 0; place < length; place++)
            expected[place] = (0.9f * target[place]) + gain[place];

        GradientSteps.ShrinkAndAdd(target, 0.9f, gain);

        AssertClose(expected, target);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var place = 0; place < expected.Length; place++)
            Assert.Equal(expected[place], actual[place], 1e-5f);
    }
}
