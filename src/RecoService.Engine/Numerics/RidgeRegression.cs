using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Computing;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Ridge regression of several outputs on sparse features, with an intercept that nothing draws towards 0: minimizes
/// sum over the rows i of w_i |y_i - b - W^T x_i|^2 + lambda |W|^2. Hoerl, Kennard, "Ridge Regression: Biased Estimation for Nonorthogonal Problems", Technometrics
/// 12(1), 1970. The normal equations are solved by conjugate gradient without being formed, preconditioned by their diagonal: O(entries x outputs) a step, and memory
/// for some matrices of the size of W. The result does not depend on the thread count.
/// </summary>
internal static class RidgeRegression
{
    /// <summary>Outputs that are solved side by side, whatever the number of threads.</summary>
    private const int OutputsPerBlock = 16;

    private const int MostSteps = 200;
    private const double Tolerance = 1e-5;

    /// <param name="features">n x p: the x_i.</param>
    /// <param name="targets">n x f: the y_i; rows of weight 0 are not read.</param>
    /// <param name="weights">n: the w_i, at least 0.</param>
    /// <param name="regularization">lambda, at least 0; with 0 the features must be independent.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <returns>(p + 1) x f: W, and b in the last row; zeros where no row has a weight.</returns>
    public static FactorMatrix Fit(SparseMatrix features, FactorMatrix targets, ReadOnlySpan<float> weights, double regularization, TrainingContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.RowCount, features.RowCount);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, features.RowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(regularization);
        var problem = new Problem(features, targets, weights.ToArray(), regularization);
        var fitted = new FactorMatrix(features.ColumnCount + 1, targets.Factors);
        context.ForEachBlock((targets.Factors + OutputsPerBlock - 1) / OutputsPerBlock, block => problem.Solve(block * OutputsPerBlock, fitted));
        return fitted;
    }

    /// <summary>What W and b say of one row.</summary>
    /// <param name="fitted">From <see cref="Fit"/>.</param>
    /// <param name="columns">Of the row's features.</param>
    /// <param name="values">One per column.</param>
    /// <param name="predicted">f values.</param>
    public static void Predict(FactorMatrix fitted, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> predicted)
    {
        fitted[fitted.RowCount - 1].CopyTo(predicted);
        for (var position = 0; position < columns.Length; position++)
            VectorMath.AddScaled(predicted[..fitted.Factors], values[position], fitted[columns[position]]);
    }

    /// <summary>The normal equations (X^T D X + lambda I) W = X^T D Y, where the last column of X is 1 and is not drawn towards 0.</summary>
    private sealed class Problem
    {
        private readonly SparseMatrix features;
        private readonly FactorMatrix targets;
        private readonly float[] weights;
        private readonly double regularization;
        private readonly float[] diagonal;

        public Problem(SparseMatrix features, FactorMatrix targets, float[] weights, double regularization)
        {
            (this.features, this.targets, this.weights, this.regularization) = (features, targets, weights, regularization);
            var sums = new double[features.ColumnCount + 1];
            sums.AsSpan(0, features.ColumnCount).Fill(regularization);
            for (var row = 0; row < features.RowCount; row++)
            {
                if (weights[row] == 0)
                    continue;
                var columns = features.RowColumns(row);
                var values = features.RowValues(row);
                for (var position = 0; position < columns.Length; position++)
                    sums[columns[position]] += (double)weights[row] * values[position] * values[position];
                sums[^1] += weights[row];
            }

            // A feature that no row has is 0 in the solution whatever it is divided by.
            diagonal = Array.ConvertAll(sums, sum => sum > 0 ? (float)sum : 1);
        }

        /// <summary>Conjugate gradient for each of some outputs; they share the passes over the features and nothing else.</summary>
        public void Solve(int first, FactorMatrix fitted)
        {
            var count = Math.Min(OutputsPerBlock, fitted.Factors - first);
            var size = fitted.RowCount * count;
            var pool = ArrayPool<float>.Shared;
            var (rentedX, rentedR, rentedP, rentedQ) = (pool.Rent(size), pool.Rent(size), pool.Rent(size), pool.Rent(size));
            var x = rentedX.AsSpan(0, size);
            var r = rentedR.AsSpan(0, size);
            var p = rentedP.AsSpan(0, size);
            var q = rentedQ.AsSpan(0, size);
            x.Clear();
            FillRightHandSide(first, count, r);
            Precondition(r, count, p);
            Span<double> norms = stackalloc double[count];
            Span<double> goals = stackalloc double[count];
            Span<double> sums = stackalloc double[count];
            Span<float> factors = stackalloc float[count];
            ProductsOf(r, p, norms);
            for (var output = 0; output < count; output++)
                goals[output] = Tolerance * Tolerance * norms[output];
            for (var step = 0; step < MostSteps && AnyAbove(norms, goals); step++)
            {
                Multiply(p, count, q);
                ProductsOf(p, q, sums);
                // Outputs that have arrived stay where they are.
                for (var output = 0; output < count; output++)
                    sums[output] = norms[output] > goals[output] && sums[output] > 0 ? norms[output] / sums[output] : 0;
                Convert(sums, factors);
                AddScaledColumns(p, factors, x);
                TensorPrimitives.Negate(factors, factors);
                AddScaledColumns(q, factors, r);

                Precondition(r, count, q);
                ProductsOf(r, q, sums);
                for (var output = 0; output < count; output++)
                    (norms[output], sums[output]) = (sums[output], norms[output] > 0 ? sums[output] / norms[output] : 0);
                Convert(sums, factors);
                for (var cell = 0; cell < size; cell += count)
                    TensorPrimitives.MultiplyAdd(p.Slice(cell, count), factors, q.Slice(cell, count), p.Slice(cell, count));
            }

            for (var row = 0; row < fitted.RowCount; row++)
                x.Slice(row * count, count).CopyTo(fitted.Row(row)[first..]);
            foreach (var rented in (float[][])[rentedX, rentedR, rentedP, rentedQ])
                pool.Return(rented);
        }

        private static void Convert(ReadOnlySpan<double> from, Span<float> to)
        {
            for (var output = 0; output < from.Length; output++)
                to[output] = (float)from[output];
        }

        /// <summary>Adds to each column of a matrix that of another, times a number of its own.</summary>
        private static void AddScaledColumns(ReadOnlySpan<float> matrix, ReadOnlySpan<float> factors, Span<float> sums)
        {
            for (var cell = 0; cell < sums.Length; cell += factors.Length)
                TensorPrimitives.MultiplyAdd(matrix.Slice(cell, factors.Length), factors, sums.Slice(cell, factors.Length), sums.Slice(cell, factors.Length));
        }

        private static bool AnyAbove(ReadOnlySpan<double> norms, ReadOnlySpan<double> goals)
        {
            for (var output = 0; output < norms.Length; output++)
            {
                if (norms[output] > goals[output])
                    return true;
            }

            return false;
        }

        private void FillRightHandSide(int first, int count, Span<float> rightHandSide)
        {
            rightHandSide.Clear();
            for (var row = 0; row < features.RowCount; row++)
            {
                if (weights[row] != 0)
                    Scatter(row, weights[row], targets[row].Slice(first, count), rightHandSide, count);
            }
        }

        private void Multiply(ReadOnlySpan<float> vector, int count, Span<float> product)
        {
            product.Clear();
            Span<float> predicted = stackalloc float[count];
            var last = features.ColumnCount * count;
            for (var row = 0; row < features.RowCount; row++)
            {
                if (weights[row] == 0)
                    continue;
                var columns = features.RowColumns(row);
                var values = features.RowValues(row);
                vector.Slice(last, count).CopyTo(predicted);
                for (var position = 0; position < columns.Length; position++)
                    VectorMath.AddScaled(predicted, values[position], vector.Slice(columns[position] * count, count));
                Scatter(row, weights[row], predicted, product, count);
            }

            VectorMath.AddScaled(product[..last], (float)regularization, vector[..last]);
        }

        /// <summary>Adds x_i times a vector, the intercept's 1 included.</summary>
        private void Scatter(int row, float weight, ReadOnlySpan<float> vector, Span<float> sums, int count)
        {
            var columns = features.RowColumns(row);
            var values = features.RowValues(row);
            for (var position = 0; position < columns.Length; position++)
                VectorMath.AddScaled(sums.Slice(columns[position] * count, count), weight * values[position], vector);
            VectorMath.AddScaled(sums.Slice(features.ColumnCount * count, count), weight, vector);
        }

        private void Precondition(ReadOnlySpan<float> residual, int count, Span<float> scaled)
        {
            for (var row = 0; row < diagonal.Length; row++)
                TensorPrimitives.Divide(residual.Slice(row * count, count), diagonal[row], scaled.Slice(row * count, count));
        }

        /// <summary>The product of two matrices' columns, column by column.</summary>
        private static void ProductsOf(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<double> products)
        {
            products.Clear();
            for (var cell = 0; cell < left.Length; cell += products.Length)
            {
                for (var output = 0; output < products.Length; output++)
                    products[output] += (double)left[cell + output] * right[cell + output];
            }
        }
    }
}
