using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class ConjugateGradientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(131)]
    public void TrySolve_PositiveDefinite_IsWhatTheDirectSolutionIs(int n)
    {
        var matrix = CholeskySolverTests.PositiveDefinite(n);
        var expected = Datasets.Floats(n, seed: 2);
        var solution = (float[])expected.Clone();
        Assert.True(CholeskySolver.TrySolve((float[])matrix.Clone(), n, expected));

        Assert.True(new ConjugateGradient(140).TrySolve(matrix, n, solution, 1e-6, maxSteps: 10 * n));

        for (var i = 0; i < n; i++)
            Assert.Equal(expected[i], solution[i], 1e-4);
    }

    [Fact]
    public void TrySolve_TwoByTwo_EqualsHandComputedAndLeavesTheMatrix()
    {
        // [4 2; 2 3] x = [2; 5] has x = (-0.5, 2), and n steps are enough. The lower triangle is not read.
        float[] matrix = [4, 2, float.NaN, 3];
        float[] solution = [2, 5];

        Assert.True(new ConjugateGradient(2).TrySolve(matrix, 2, solution, 1e-6, maxSteps: 2));

        Assert.Equal([-0.5f, 2f], solution, (left, right) => Math.Abs(left - right) < 1e-5);
        Assert.Equal([4, 2, float.NaN, 3], matrix);
    }

    [Fact]
    public void TrySolve_Diagonal_IsSolvedInOneStep()
    {
        float[] solution = [2, 6, 5];

        Assert.True(new ConjugateGradient(3).TrySolve([2, 0, 0, 0, 3, 0, 0, 0, 10], 3, solution, 1e-6, maxSteps: 1));

        Assert.Equal([1, 2, 0.5f], solution);
    }

    [Fact]
    public void TrySolve_NothingToSolve_Succeeds()
    {
        var solver = new ConjugateGradient(2);
        float[] zeros = [0, 0];

        Assert.True(solver.TrySolve([], 0, [], 1e-6, maxSteps: 0));
        Assert.True(solver.TrySolve([4, 2, 0, 3], 2, zeros, 1e-6, maxSteps: 0));
        Assert.Equal([0, 0], zeros);
    }

    [Theory]
    [InlineData(new[] { 0f, 0, 0, 1 }, 10)]
    [InlineData(new[] { 1f, 2, 0, 1 }, 10)]
    [InlineData(new[] { float.NaN, 0, 0, 1 }, 10)]
    [InlineData(new[] { 1f, float.NaN, 0, 1 }, 10)]
    [InlineData(new[] { 4f, 2, 0, 3 }, 1)]
    public void TrySolve_NotPositiveDefiniteOrTooFewSteps_SaysSoAndLeavesTheRightHandSide(float[] matrix, int maxSteps)
    {
        float[] rightHandSide = [1, -2];

        Assert.False(new ConjugateGradient(2).TrySolve(matrix, 2, rightHandSide, 1e-6, maxSteps));

        Assert.Equal([1, -2], rightHandSide);
    }

    [Fact]
    public void TrySolve_UsedAgainForLessAndMore_ForgetsWhatWas()
    {
        var solver = new ConjugateGradient(3);
        float[] first = [1, 2, 3];
        float[] second = [2, 5];
        float[] again = [1, 2, 3];
        float[] matrix = [5, 1, 0, 0, 4, 1, 0, 0, 3];

        Assert.True(solver.TrySolve(matrix, 3, first, 1e-6, 3) && solver.TrySolve([4, 2, 0, 3], 2, second, 1e-6, 3) && solver.TrySolve(matrix, 3, again, 1e-6, 3));

        Assert.Equal(first, again);
    }
}
