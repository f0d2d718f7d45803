using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// Ridge regression of what a user's n ratings have beyond the mean and the item biases, e_i = r_i - mean - b_i, on the item factors: the p and b that minimize
/// sum (e_i - b - p . q_i)^2 + n lambda |p|^2 + n lambda_b b^2. With w = 1 / (n (1 + lambda_b)) and s = sum q_i,
/// b = w (sum e_i - s . p), which leaves (Q^T Q - w s s^T + n lambda I) p = Q^T e - w (sum e_i) s.
/// Hoerl, Kennard, "Ridge Regression", Technometrics 12(1), 1970. O(n f^2 + f^3).
/// </summary>
internal sealed class RatingUserSolver(FactorModel model, RatingFoldIn options) : ILinearEncoder
{
    private const int RowsAtOnce = 64;
    private const int MaxSweeps = 50;

    // Less would leave the equations of a few ratings without a unique solution in single precision.
    private const float LeastRegularization = 1e-3f;

    private readonly int factorCount = model.ItemFactors.Factors;
    private readonly ConcurrentBag<Workspace> idle = [];

    public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
    {
        if (!idle.TryTake(out var workspace))
            workspace = new Workspace(factorCount);
        var isSolved = TrySolve(workspace, user, factors, out bias);
        idle.Add(workspace);
        return isSolved;
    }

    /// <summary>
    /// e_i (w + (q_i - w s) . z) with A z = q_j - w s, where A is the matrix of the equations: a row sums up to b + p . q_j, the user's bias included. Not where no factor may
    /// lie below 0.
    /// </summary>
    public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions)
    {
        if (!idle.TryTake(out var workspace))
            workspace = new Workspace(factorCount);
        var rented = ArrayPool<float>.Shared.Rent(factorCount);
        var solution = rented.AsSpan(0, factorCount);
        workspace.Clear();
        solution.Clear();
        var count = AddUp(workspace, user, solution, out _);
        if (count > 0 && !options.IsNonNegative)
        {
            var weight = FillEquations(workspace, count);
            if (CholeskySolver.TryFactor(workspace.Matrix.Span, factorCount, out _))
            {
                for (var asked = 0; asked < itemIndexes.Length; asked++)
                    Explain(workspace, weight, user, itemIndexes[asked], solution, contributions.Slice(asked * user.Items.Length, user.Items.Length));
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        idle.Add(workspace);
    }

    private void Explain(Workspace workspace, float weight, in UserHistory user, int item, Span<float> solution, Span<float> contributions)
    {
        model.ItemFactors[item].CopyTo(solution);
        VectorMath.AddScaled(solution, -weight, workspace.Sum);
        CholeskySolver.Solve(workspace.Matrix.Span, factorCount, solution);
        var common = weight * (1 - VectorMath.Dot(workspace.Sum, solution));
        for (var position = 0; position < contributions.Length; position++)
        {
            if (!float.IsNaN(user.Ratings[position]))
                contributions[position] = ExcessOf(user, position) * (common + VectorMath.Dot(model.ItemFactors[user.Items[position]], solution));
        }
    }

    private bool TrySolve(Workspace workspace, in UserHistory user, Span<float> factors, out float bias)
    {
        bias = 0;
        workspace.Clear();
        factors.Clear();
        var count = AddUp(workspace, user, factors, out var sum);
        if (count == 0)
            return false;

        var matrix = workspace.Matrix.Span;
        var weight = FillEquations(workspace, count);
        VectorMath.AddScaled(factors, -weight * sum, workspace.Sum);
        if (options.IsNonNegative)
            SolveNonNegative(matrix, factors, workspace.Sum);
        else if (!CholeskySolver.TrySolve(matrix, factorCount, factors))
            return false;
        bias = options.IsNonNegative ? 0 : weight * (sum - VectorMath.Dot(workspace.Sum, factors));
        return float.IsFinite(bias) && VectorMath.AllFinite(factors);
    }

    /// <summary>Completes Q^T Q to the matrix of the equations.</summary>
    /// <returns>w; 0 where the model has no user biases.</returns>
    private float FillEquations(Workspace workspace, int count)
    {
        var matrix = workspace.Matrix.Span;
        var weight = model.UserBiases.Length == 0 ? 0 : 1 / (count * (1 + options.BiasRegularization));
        for (var row = 0; row < factorCount; row++)
        {
            VectorMath.AddScaled(matrix.Slice((row * factorCount) + row, factorCount - row), -weight * workspace.Sum[row], workspace.Sum.AsSpan(row));
            matrix[(row * factorCount) + row] += count * Math.Max(options.Regularization, LeastRegularization);
        }

        return weight;
    }

    private float ExcessOf(in UserHistory user, int position) =>
        user.Ratings[position] - model.Mean - (model.ItemBiases.Length == 0 ? 0 : model.ItemBiases[user.Items[position]]);

    /// <summary>Q^T Q into the matrix, Q^T e into the factors, s into the workspace; as many rows at a time as stay in the cache.</summary>
    /// <returns>n.</returns>
    private int AddUp(Workspace workspace, in UserHistory user, Span<float> rightHandSide, out float sum)
    {
        var (count, inBlock) = (0, 0);
        sum = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (float.IsNaN(user.Ratings[position]))
                continue;
            var item = user.Items[position];
            var excess = ExcessOf(user, position);
            model.ItemFactors[item].CopyTo(workspace.Rows.Span[(inBlock * factorCount)..]);
            workspace.Excess[inBlock++] = excess;
            sum += excess;
            count++;
            if (inBlock == RowsAtOnce)
                AddBlock(workspace, rightHandSide, ref inBlock);
        }

        AddBlock(workspace, rightHandSide, ref inBlock);
        return count;
    }

    private void AddBlock(Workspace workspace, Span<float> rightHandSide, ref int count)
    {
        ReadOnlySpan<float> rows = workspace.Rows.Span[..(count * factorCount)];
        RowKernels.AddCombination(rightHandSide, rows, workspace.Excess.AsSpan(0, count));
        RowKernels.AddCombination(workspace.Sum, rows, workspace.Ones.AsSpan(0, count));
        SymmetricKernels.AddGram(workspace.Matrix.Span, factorCount, rows);
        count = 0;
    }

    /// <summary>Coordinate descent from 0, in place: Franc, Hlavac, Navara, "Sequential Coordinate-Wise Algorithm for the Non-negative Least Squares Problem", CAIP 2005.</summary>
    /// <param name="matrix">A; the lower triangle is filled from the upper.</param>
    /// <param name="factors">The right-hand side, replaced by x.</param>
    /// <param name="gradient">Workspace, f values.</param>
    private void SolveNonNegative(Span<float> matrix, Span<float> factors, Span<float> gradient)
    {
        for (var row = 1; row < factorCount; row++)
        {
            for (var column = 0; column < row; column++)
                matrix[(row * factorCount) + column] = matrix[(column * factorCount) + row];
        }

        // The gradient A x - c at x = 0.
        factors.CopyTo(gradient);
        VectorMath.Scale(gradient, -1);
        factors.Clear();
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var largest = 0f;
            for (var row = 0; row < factorCount; row++)
            {
                var next = Math.Max(0, factors[row] - (gradient[row] / matrix[(row * factorCount) + row]));
                var change = next - factors[row];
                if (change == 0)
                    continue;
                factors[row] = next;
                VectorMath.AddScaled(gradient, change, matrix.Slice(row * factorCount, factorCount));
                largest = Math.Max(largest, Math.Abs(change));
            }

            if (largest < 1e-4f)
                break;
        }
    }

    private sealed class Workspace
    {
        public Workspace(int factors)
        {
            Matrix = new AlignedFloats(factors * factors);
            Rows = new AlignedFloats(RowsAtOnce * factors);
            Sum = new float[factors];
            Array.Fill(Ones, 1);
        }

        public AlignedFloats Matrix { get; }

        public AlignedFloats Rows { get; }

        public float[] Sum { get; }

        public float[] Excess { get; } = new float[RowsAtOnce];

        public float[] Ones { get; } = new float[RowsAtOnce];

        public void Clear()
        {
            Matrix.Span.Clear();
            Sum.AsSpan().Clear();
        }
    }
}
