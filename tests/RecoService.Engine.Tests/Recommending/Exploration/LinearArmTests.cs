using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Engine.Tests.Recommending.Exploration;

public sealed class LinearArmTests
{
    private static readonly int[] Arms = [1, 1, 1, 2, 2, 3, 3, 3, 3, 3];
    private static readonly double[] Rewards = [0, 0, 1, 0, 0, 0, 0, 1, 1, 1];

    private static readonly double[][] Contexts =
    [
        [0, 1, 2, 3, 5], [1, 1, 1, 1, 1], [0, 0, 1, 0, 0], [0, 2, 2, 3, 5], [1, 3, 1, 1, 1], [0, 0, 0, 0, 0], [0, 1, 4, 3, 5], [0, 1, 2, 4, 5], [1, 2, 1, 1, 3], [0, 2, 1, 0, 0],
    ];

    /// <summary>The case of MABWiser's own tests.</summary>
    [Theory]
    [InlineData(new double[] { 0, 1, 2, 3, 5 }, new double[] { 0.9790312458954, 1.1617706239439, 1.4247056229872 })]
    [InlineData(new double[] { 1, 1, 1, 1, 1 }, new double[] { 0.8896475809353, 0.9233640430888, 1.4570855772517 })]
    public void UpperBound_OfThreeArms_EqualsMabWiser(double[] context, double[] bounds)
    {
        LinearArm[] arms = [LinearArm.New(5), LinearArm.New(5), LinearArm.New(5)];
        for (var round = 0; round < Arms.Length; round++)
            arms[Arms[round] - 1] = arms[Arms[round] - 1].With(Contexts[round], Rewards[round]);

        for (var arm = 0; arm < arms.Length; arm++)
            Assert.Equal(bounds[arm], arms[arm].UpperBound(context, alpha: 1), 1e-12);
        Assert.Equal(2, LinearArm.Best(arms, context, alpha: 1));
    }

    [Fact]
    public void Of_ManyRounds_IsWhatTheyMakeOneByOne()
    {
        var arm = LinearArm.New(6);
        for (var round = 0; round < Contexts.Length; round++)
            arm = arm.With([.. Contexts[round], 1], Rewards[round]);

        var all = LinearArm.Of([.. Contexts.SelectMany(context => context).Select(number => (float)number)], [.. Rewards.Select(reward => reward > 0)], 5, CancellationToken.None);

        foreach (var context in Contexts)
        {
            Assert.Equal(arm.UpperBound([.. context, 1], 2), all.UpperBound([.. context, 1], 2), 1e-9);
            Assert.Equal(arm.Mean([.. context, 1]), all.Mean([.. context, 1]), 1e-9);
        }

        Assert.Equal(LinearArm.New(6).UpperBound([1, 2, 3, 4, 5, 1], 1), LinearArm.Of([], [], 5, CancellationToken.None).UpperBound([1, 2, 3, 4, 5, 1], 1), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearArm.Of([1, 2, 3], [true], 2, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => LinearArm.Of([1], [true], 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void With_ARound_LeavesTheArmAsItWas()
    {
        var arm = LinearArm.New(2, ridge: 2);
        var next = arm.With([1, 0], 1);

        // x^T A^-1 x is 1/2 before and 1/3 after; theta is 1/3.
        Assert.Equal(Math.Sqrt(0.5), arm.UpperBound([1, 0], 1), 1e-12);
        Assert.Equal((1.0 / 3) + Math.Sqrt(1.0 / 3), next.UpperBound([1, 0], 1), 1e-12);
        Assert.Equal(0, arm.Mean([1, 0]));
    }

    /// <summary>Two kinds of visitors who like different arms: after 2,000 rounds nearly every choice is right.</summary>
    [Fact]
    public void Best_OfArmsThatDifferByContext_LearnsWhoLikesWhat()
    {
        LinearArm[] arms = [LinearArm.New(2), LinearArm.New(2)];
        var random = new SeededRandom(9, 0);
        var right = 0;
        for (var round = 0; round < 2000; round++)
        {
            var kind = random.Next(2);
            double[] context = [kind == 0 ? 1 : 0, kind == 1 ? 1 : 0];
            var arm = LinearArm.Best(arms, context, alpha: 0.5);
            arms[arm] = arms[arm].With(context, random.NextDouble() < (arm == kind ? 0.3 : 0.1) ? 1 : 0);
            right += round >= 1000 && arm == kind ? 1 : 0;
        }

        Assert.InRange(right, 900, 1000);
    }

    [Theory]
    [InlineData(10, 0.01, 9.13517247)]
    [InlineData(10, 0.5, 0.01953125)]
    [InlineData(1, 0.3, 1)]
    public void TopKCorrection_OfKnownCases_HasTheKnownFactors(int length, double probability, double factor) => Assert.Equal(factor, TopKCorrection.Factor(length, probability), 5e-9);

    [Fact]
    public void Arms_OutOfBounds_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearArm.New(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearArm.New(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearArm.New(2).With([1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TopKCorrection.Factor(0, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TopKCorrection.Factor(1, 1.1));
    }
}
