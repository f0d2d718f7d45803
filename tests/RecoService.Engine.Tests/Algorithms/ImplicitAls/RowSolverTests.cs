using MathNet.Numerics.LinearAlgebra;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

public sealed class RowSolverTests
{
    private const int ItemCount = 300;
    private const float Regularization = 5f;

    /// <summary>Factors and entries; 290 entries of 1,024 factors are more than are gathered at once.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 40)]
    [InlineData(16, 8)]
    [InlineData(50, 200)]
    [InlineData(64, 100)]
    [InlineData(1024, 290)]
    public void TrySolve_ManyConjugateGradientSteps_EqualsTheExactSolver(int factors, int entries)
    {
        var items = new FactorMatrix(ItemCount, factors, Array.ConvertAll(Datasets.Floats(ItemCount * factors, seed: 1), value => value / MathF.Sqrt(factors)));
        var gram = Aligned(GramMatrix.Of(items, new TrainingContext()));
        int[] columns = [.. Enumerable.Range(0, entries)];
        var confidences = Array.ConvertAll(Datasets.Floats(entries, seed: 2), value => 2 * value);
        var (exact, approximate) = (new float[factors], Datasets.Floats(factors, seed: 3));

        Assert.True(new ExactRowSolver(items, gram).TrySolve(exact, columns, confidences, Regularization));
        Assert.True(new ConjugateGradientRowSolver(items, gram, steps: 60).TrySolve(approximate, columns, confidences, Regularization));

        for (var factor = 0; factor < factors; factor++)
            Assert.Equal(exact[factor], approximate[factor], 1e-3f);
    }

    /// <summary>Factors and entries; one entry of 8 is against an item, and one says nothing more than that of all others.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(7, 3)]
    [InlineData(16, 8)]
    [InlineData(50, 13)]
    [InlineData(64, 1)]
    [InlineData(64, 20)]
    [InlineData(64, 32)]
    [InlineData(128, 64)]
    [InlineData(256, 20)]
    [InlineData(256, 128)]
    public void TrySolve_FewEntries_EqualsTheExactSolver(int factors, int entries)
    {
        var items = new FactorMatrix(ItemCount, factors, Datasets.Floats(ItemCount * factors, seed: 1));
        var gram = GramMatrix.Of(items, new TrainingContext());
        int[] columns = [.. Enumerable.Range(0, entries).Select(position => ((7 * position) + 2) % ItemCount)];
        float[] confidences = [.. Enumerable.Range(0, entries).Select(position => position % 8 == 3 ? -4f : position % 8 == 5 ? 0 : 10f * (1 + position))];
        var (exact, few) = (new float[factors], new float[factors]);
        var root = ShortRowSolver.InverseRootOf(gram, factors, Regularization);

        Assert.NotNull(root);
        var solver = new ShortRowSolver(items);
        Assert.True(new ExactRowSolver(items, Aligned(gram)).TrySolve(exact, columns, confidences, Regularization));
        Assert.True(solver.TrySolve(Datasets.Floats(factors, seed: 2), [1], [100f], root));
        Assert.True(solver.TrySolve(few, columns, confidences, root));

        // With many factors the equations are ill-conditioned, so the measure is what the exact solver itself is wrong by.
        var truth = SolveInDouble(items, columns, confidences);
        var size = truth.Max(Math.Abs);
        Assert.InRange(ErrorOf(few), 0, Math.Max(2e-5, 2 * ErrorOf(exact)));

        double ErrorOf(float[] solution) => truth.Zip(solution, (value, solved) => Math.Abs(value - solved)).Max() / size;
    }

    /// <summary>(Y^T Y + lambda I + Y^T (C - I) Y) x = Y^T C p, word for word.</summary>
    private static double[] SolveInDouble(FactorMatrix items, int[] columns, float[] confidences)
    {
        var all = Matrix<double>.Build.Dense(items.RowCount, items.Factors, (row, factor) => items[row][factor]);
        var matrix = all.TransposeThisAndMultiply(all) + (Regularization * Matrix<double>.Build.DenseIdentity(items.Factors));
        var side = Vector<double>.Build.Dense(items.Factors);
        for (var entry = 0; entry < columns.Length; entry++)
        {
            var row = all.Row(columns[entry]);
            matrix += Math.Abs(confidences[entry]) * row.OuterProduct(row);
            side += (Confidences.IsPositive(confidences[entry]) ? 1 + confidences[entry] : 0) * row;
        }

        return [.. matrix.Solve(side)];
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(64, 32)]
    [InlineData(256, 128)]
    [InlineData(257, 0)]
    [InlineData(1024, 0)]
    public void MaxEntries_VeryManyFactors_AreNone(int factors, int most) => Assert.Equal(most, ShortRowSolver.MaxEntries(factors));

    [Theory]
    [InlineData(8, 0, 4, true)]
    [InlineData(8, 0, 5, false)]
    [InlineData(8, 1, 4, true)]
    [InlineData(8, 1, 5, false)]
    [InlineData(1, 0, 1, false)]
    [InlineData(256, 0, 128, true)]
    [InlineData(130, 1, 2, false)]
    public void InverseRoots_OfARow_AreThoseOfItsRegularization(int factors, float exponent, int entries, bool isShort)
    {
        var items = new FactorMatrix(ItemCount, factors, Datasets.Floats(ItemCount * factors, seed: 1));
        var gram = GramMatrix.Of(items, new TrainingContext());
        var regularization = new RowRegularization(2, Offset: 1, exponent);

        var root = new InverseRoots(gram, factors, regularization).Of(entries);

        Assert.Equal(isShort ? ShortRowSolver.InverseRootOf(gram, factors, exponent == 0 ? 2 : 2 * (1 + entries))!.Span.ToArray() : null, root?.Span.ToArray());
    }

    [Fact]
    public void InverseRootOf_NoPositiveDefiniteMatrix_IsNull()
    {
        Assert.Null(ShortRowSolver.InverseRootOf([1, 2, 2, 1], 2, 0));
        Assert.Null(ShortRowSolver.InverseRootOf([float.NaN, 0, 0, 1], 2, 1));
        Assert.Null(ShortRowSolver.InverseRootOf([0], 1, 0));
    }

    [Fact]
    public void TrySolve_AlreadySolved_StaysSolved()
    {
        // y = (2): A = 4 + 1 * 4 + 2 = 10, b = (1 + 1) * 2 = 4, x = 0.4, where the residual is 0 and a step would divide 0 by 0.
        var items = new FactorMatrix(1, 1, [2]);
        float[] solution = [0.4f];

        Assert.True(new ConjugateGradientRowSolver(items, Aligned([4f]), steps: 9).TrySolve(solution, [0], [1], 2));

        Assert.Equal(0.4f, solution[0], 1e-6f);
    }

    [Fact]
    public void Compute_PositiveZeroAndNegativeWeights_CarryThePreferenceInTheSign()
    {
        // 2 ln(1 + (e - 1)) = 2; a weight too small for the logarithm is still a preference.
        var options = new ImplicitAlsOptions { Alpha = 2, Confidence = ConfidenceScale.Log, Epsilon = 1 };

        var confidences = Confidences.Compute([MathF.E - 1, 1 - MathF.E, 0, 1e-20f], options);

        Assert.Equal([2, -2, 0, 0], Array.ConvertAll(confidences, value => MathF.Round(value, 5) + 0f));
        Assert.Equal([true, false, false, true], Array.ConvertAll(confidences, Confidences.IsPositive));
        Assert.True(Confidences.HasPositive(confidences));
        Assert.False(Confidences.HasPositive(confidences.AsSpan(1, 2)));
    }

    private static AlignedFloats Aligned(ReadOnlySpan<float> values)
    {
        var aligned = new AlignedFloats(values.Length);
        values.CopyTo(aligned.Span);
        return aligned;
    }
}
