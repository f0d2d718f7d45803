using MathNet.Numerics.LinearAlgebra;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Numerics;

/// <summary>
/// The leading right singular vectors of a sparse matrix by a randomized subspace iteration. Halko, Martinsson, Tropp, "Finding Structure
/// with Randomness", SIAM Review 53(2), 2011, algorithms 4.4 and 5.1. The result does not depend on the thread count.
/// </summary>
internal static class RandomizedSvd
{
    private const int RowsPerBlock = 256;

    /// <summary>Computes V (columns x k), whose columns are orthonormal, the strongest first; columns beyond the matrix's rank are 0.</summary>
    /// <param name="matrix">A, rows x columns.</param>
    /// <param name="transposed">A^T.</param>
    /// <param name="count">k, at least 1.</param>
    /// <param name="oversampling">How many more directions are searched.</param>
    /// <param name="iterations">How often A^T A is applied after the first time.</param>
    /// <param name="context">Threads, seed, cancellation.</param>
    /// <param name="progress">Told the part done, 0 to 1.</param>
    public static FactorMatrix RightVectors(
        SparseMatrix matrix, SparseMatrix transposed, int count, int oversampling, int iterations, TrainingContext context, Action<double> progress)
    {
        var width = Math.Min(count + oversampling, matrix.ColumnCount);
        if (width == 0)
            return new FactorMatrix(matrix.ColumnCount, count);
        var basis = GaussianRows(matrix.ColumnCount, width, context.Seed);
        for (var iteration = 0; iteration <= iterations; iteration++)
        {
            progress((double)iteration / (iterations + 2));
            basis = Orthonormal(Multiply(transposed, Multiply(matrix, basis, context), context), context.CancellationToken);
        }

        progress((iterations + 1.0) / (iterations + 2));
        return Rotate(basis, LeadingDirections(Multiply(matrix, basis, context), count, context), context);
    }

    /// <summary>left right, a row of the result per row of the sparse matrix.</summary>
    public static FactorMatrix Multiply(SparseMatrix left, FactorMatrix right, TrainingContext context)
    {
        var product = new FactorMatrix(left.RowCount, right.Factors);
        context.ForEachBlock((left.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            for (var row = block * RowsPerBlock; row < Math.Min((block + 1) * RowsPerBlock, left.RowCount); row++)
            {
                var columns = left.RowColumns(row);
                var values = left.RowValues(row);
                for (var position = 0; position < columns.Length; position++)
                    VectorMath.AddScaled(product.Row(row), values[position], right[columns[position]]);
            }
        });
        return product;
    }

    /// <summary>An orthonormal basis of the columns, by the modified Gram-Schmidt method done twice; a column that depends on those before it becomes 0.</summary>
    internal static FactorMatrix Orthonormal(FactorMatrix matrix, CancellationToken cancellationToken)
    {
        const float Negligible = 1e-5f;
        var columns = Transpose(matrix);
        for (var column = 0; column < columns.RowCount; column++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var current = columns.Row(column);
            var before = Math.Sqrt(VectorMath.DotInDouble(current, current));
            for (var earlier = 0; earlier < 2 * column; earlier++)
            {
                var other = columns.Row(earlier % column);
                VectorMath.AddScaled(current, -VectorMath.Dot(current, other), other);
            }

            var after = Math.Sqrt(VectorMath.DotInDouble(current, current));
            if (after > Negligible * before)
                VectorMath.Scale(current, (float)(1 / after));
            else
                current.Clear();
        }

        return Transpose(columns);
    }

    /// <summary>The eigenvectors of B^T B with the largest eigenvalues, as rows of width values.</summary>
    private static FactorMatrix LeadingDirections(FactorMatrix projected, int count, TrainingContext context)
    {
        var width = projected.Factors;
        var gram = GramMatrix.Of(projected, context);
        var decomposition = Matrix<double>.Build.Dense(width, width, (i, j) => gram[(Math.Min(i, j) * width) + Math.Max(i, j)]).Evd(Symmetricity.Symmetric);
        var directions = new FactorMatrix(count, width);
        for (var position = 0; position < Math.Min(count, width); position++)
        {
            // Eigenvalues come in ascending order.
            var vector = decomposition.EigenVectors.Column(width - 1 - position);
            for (var i = 0; i < width; i++)
                directions.Row(position)[i] = (float)vector[i];
        }

        return directions;
    }

    private static FactorMatrix Rotate(FactorMatrix basis, FactorMatrix directions, TrainingContext context)
    {
        var rotated = new FactorMatrix(basis.RowCount, directions.RowCount);
        context.ForEachBlock((basis.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            for (var row = block * RowsPerBlock; row < Math.Min((block + 1) * RowsPerBlock, basis.RowCount); row++)
            {
                for (var direction = 0; direction < directions.RowCount; direction++)
                    rotated.Row(row)[direction] = VectorMath.Dot(basis[row], directions[direction]);
            }
        });
        return rotated;
    }

    private static FactorMatrix GaussianRows(int rowCount, int width, int seed)
    {
        var matrix = new FactorMatrix(rowCount, width);
        for (var row = 0; row < rowCount; row++)
        {
            var random = new SeededRandom(seed, row);
            foreach (ref var value in matrix.Row(row))
                value = random.NextGaussian();
        }

        return matrix;
    }

    private static FactorMatrix Transpose(FactorMatrix matrix)
    {
        var transposed = new FactorMatrix(matrix.Factors, matrix.RowCount);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var column = 0; column < matrix.Factors; column++)
                transposed.Values[(column * matrix.RowCount) + row] = matrix.Values[(row * matrix.Factors) + column];
        }

        return transposed;
    }
}
