using MathNet.Numerics.LinearAlgebra;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// What is known of one arm whose reward is linear in a context x of d numbers: A = ridge I + sum of x x^T and b = sum of reward x, of which A^-1 is kept (Sherman, Morrison). Immutable.
/// LinUCB with disjoint models: Li, Chu, Langford, Schapire, "A Contextual-Bandit Approach to Personalized News Article Recommendation", WWW 2010.
/// </summary>
internal sealed class LinearArm
{
    private const int RoundsPerLook = 10_000;

    private readonly double[] inverse;
    private readonly double[] sums;
    private readonly double[] theta;

    private LinearArm(double[] inverse, double[] sums)
    {
        (this.inverse, this.sums) = (inverse, sums);
        theta = new double[sums.Length];
        for (var row = 0; row < sums.Length; row++)
            theta[row] = Dot(inverse.AsSpan(row * sums.Length, sums.Length), sums);
    }

    /// <summary>An arm of which nothing is known.</summary>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="ridge">Above 0; how many rounds of unit contexts the belief in no effect is worth.</param>
    public static LinearArm New(int dimension, double ridge = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ridge);
        var identity = new double[dimension * dimension];
        for (var row = 0; row < dimension; row++)
            identity[(row * dimension) + row] = 1 / ridge;
        return new LinearArm(identity, new double[dimension]);
    }

    /// <summary>The belief after many rounds at once; O(n w^2 + d^3), d = w + 1 with a constant 1 as the last number of each context. The ridge is 1.</summary>
    /// <param name="contexts">n x w, row-major.</param>
    /// <param name="rewards">n.</param>
    /// <param name="width">w, at least 1.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static LinearArm Of(ReadOnlySpan<float> contexts, ReadOnlySpan<bool> rewards, int width, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(contexts.Length, rewards.Length * width);
        var dimension = width + 1;
        var (gram, sums) = (new double[dimension * dimension], new double[dimension]);
        Span<int> held = stackalloc int[dimension];
        Span<double> context = stackalloc double[dimension];
        context[width] = 1;
        for (var round = 0; round < rewards.Length; round++)
        {
            if (round % RoundsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            // Most numbers of a context are 0.
            var count = 0;
            for (var number = 0; number < width; number++)
            {
                context[number] = contexts[(round * width) + number];
                if (context[number] != 0)
                    held[count++] = number;
            }

            held[count++] = width;
            for (var one = 0; one < count; one++)
            {
                sums[held[one]] += rewards[round] ? context[held[one]] : 0;
                for (var other = 0; other <= one; other++)
                    gram[(held[one] * dimension) + held[other]] += context[held[one]] * context[held[other]];
            }
        }

        for (var row = 0; row < dimension; row++)
        {
            gram[(row * dimension) + row]++;
            for (var column = row + 1; column < dimension; column++)
                gram[(row * dimension) + column] = gram[(column * dimension) + row];
        }

        return new LinearArm(Matrix<double>.Build.Dense(dimension, dimension, gram).Cholesky().Solve(Matrix<double>.Build.DenseIdentity(dimension)).ToRowMajorArray(), sums);
    }

    /// <summary>The same arm after one more round; O(d^2).</summary>
    /// <param name="context">d.</param>
    /// <param name="reward">What came of it.</param>
    public LinearArm With(ReadOnlySpan<double> context, double reward)
    {
        var dimension = sums.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, dimension);
        var product = new double[dimension];
        for (var row = 0; row < dimension; row++)
            product[row] = Dot(inverse.AsSpan(row * dimension, dimension), context);
        var scale = 1 + Dot(product, context);
        var next = (double[])inverse.Clone();
        var nextSums = (double[])sums.Clone();
        for (var row = 0; row < dimension; row++)
        {
            nextSums[row] += reward * context[row];
            for (var column = 0; column < dimension; column++)
                next[(row * dimension) + column] -= product[row] * product[column] / scale;
        }

        return new LinearArm(next, nextSums);
    }

    /// <summary>The expected reward, theta^T x with theta = A^-1 b.</summary>
    public double Mean(ReadOnlySpan<double> context) => Dot(theta, context);

    /// <summary>The upper bound theta^T x + alpha sqrt(x^T A^-1 x).</summary>
    /// <param name="context">d.</param>
    /// <param name="alpha">How many standard deviations above the mean, 0 or more.</param>
    public double UpperBound(ReadOnlySpan<double> context, double alpha)
    {
        var variance = 0.0;
        for (var row = 0; row < sums.Length; row++)
            variance += context[row] * Dot(inverse.AsSpan(row * sums.Length, sums.Length), context);
        return Mean(context) + (alpha * Math.Sqrt(Math.Max(0, variance)));
    }

    /// <summary>The arm with the highest upper bound, the first of several. It draws no lots: its propensity is 1.</summary>
    public static int Best(ReadOnlySpan<LinearArm> arms, ReadOnlySpan<double> context, double alpha)
    {
        var (best, highest) = (0, double.NegativeInfinity);
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var bound = arms[arm].UpperBound(context, alpha);
            if (bound > highest)
                (best, highest) = (arm, bound);
        }

        return best;
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
