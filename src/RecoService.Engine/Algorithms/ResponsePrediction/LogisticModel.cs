namespace RecoService.Engine.Algorithms.ResponsePrediction;

/// <summary>The log-odds of a yes, linear in the features.</summary>
/// <param name="Weights">One per feature.</param>
/// <param name="Intercept">Of features that are all 0.</param>
public sealed record LogisticModel(double[] Weights, double Intercept)
{
    private const int MaxSteps = 50;
    private const double SmallStep = 1e-6;

    /// <summary>Features of smaller spread are constant, and say nothing.</summary>
    private const double LeastSpread = 1e-9;

    /// <summary>Of a row of features.</summary>
    public double LogOdds(ReadOnlySpan<float> row)
    {
        var sum = Intercept;
        for (var feature = 0; feature < Weights.Length; feature++)
            sum += Weights[feature] * row[feature];
        return sum;
    }

    /// <summary>1 / (1 + exp(-log-odds)), 0..1.</summary>
    public static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>
    /// Minimises sum of ln(1 + exp(-y (w.x + b))) + lambda / 2 |w|^2 by Newton's method, x having mean 0 and deviation 1 per feature, and y being 1 or -1. Hastie, Tibshirani,
    /// Friedman, "The Elements of Statistical Learning", 2nd edition, section 4.4.1. Where all outcomes are the same the weights are 0 and the intercept is the log-odds of
    /// (yes + 1/2) / (cases + 1).
    /// </summary>
    /// <param name="rows">Cases x width, row-major, finite.</param>
    /// <param name="outcomes">One per case.</param>
    /// <param name="width">Features of a case.</param>
    /// <param name="regularization">Lambda; above 0.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static LogisticModel Fit(ReadOnlySpan<float> rows, ReadOnlySpan<bool> outcomes, int width, double regularization, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, outcomes.Length * width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(regularization);
        var positives = outcomes.Count(true);
        var odds = (positives + 0.5) / (outcomes.Length - positives + 0.5);
        if (positives == 0 || positives == outcomes.Length)
            return new LogisticModel(new double[width], Math.Log(odds));

        var (means, scales) = Moments(rows, outcomes.Length, width);
        // The last one is the intercept.
        var weights = new double[width + 1];
        weights[width] = Math.Log(odds);
        var problem = new Problem(width, means, scales, regularization);
        var loss = problem.Loss(rows, outcomes, weights);
        for (var step = 0; step < MaxSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = problem.NewtonStep(rows, outcomes, weights);
            var length = 1.0;
            // A full step can overshoot far from the optimum; near it, it does not.
            for (var halving = 0; halving < 20; halving++, length /= 2)
            {
                var next = new double[width + 1];
                for (var i = 0; i <= width; i++)
                    next[i] = weights[i] + (length * change[i]);
                var nextLoss = problem.Loss(rows, outcomes, next);
                if (!(nextLoss <= loss))
                    continue;
                (weights, loss) = (next, nextLoss);
                break;
            }

            if (change.Max(Math.Abs) < SmallStep)
                break;
        }

        var intercept = weights[width];
        var unscaled = new double[width];
        for (var feature = 0; feature < width; feature++)
        {
            unscaled[feature] = weights[feature] / scales[feature];
            intercept -= unscaled[feature] * means[feature];
        }

        return new LogisticModel(unscaled, intercept);
    }

    /// <summary>Mean and deviation of each feature; an infinite deviation of one that is constant, so that it counts as 0.</summary>
    private static (double[] Means, double[] Scales) Moments(ReadOnlySpan<float> rows, int count, int width)
    {
        var (means, scales) = (new double[width], new double[width]);
        for (var row = 0; row < count; row++)
        {
            for (var feature = 0; feature < width; feature++)
                means[feature] += rows[(row * width) + feature] / (double)count;
        }

        for (var row = 0; row < count; row++)
        {
            for (var feature = 0; feature < width; feature++)
                scales[feature] += Math.Pow(rows[(row * width) + feature] - means[feature], 2) / count;
        }

        for (var feature = 0; feature < width; feature++)
            scales[feature] = Math.Sqrt(scales[feature]) is > LeastSpread and var spread ? spread : double.PositiveInfinity;
        return (means, scales);
    }

    private sealed class Problem(int width, double[] means, double[] scales, double regularization)
    {
        private readonly double[] row = new double[width + 1];

        public double Loss(ReadOnlySpan<float> rows, ReadOnlySpan<bool> outcomes, double[] weights)
        {
            var loss = 0.0;
            for (var feature = 0; feature < width; feature++)
                loss += 0.5 * regularization * weights[feature] * weights[feature];
            for (var position = 0; position < outcomes.Length; position++)
            {
                var margin = Score(rows, position, weights) * (outcomes[position] ? 1 : -1);
                loss += margin > 0 ? Math.Log(1 + Math.Exp(-margin)) : Math.Log(1 + Math.Exp(margin)) - margin;
            }

            return loss;
        }

        public double[] NewtonStep(ReadOnlySpan<float> rows, ReadOnlySpan<bool> outcomes, double[] weights)
        {
            var order = width + 1;
            var (gradient, hessian) = (new double[order], new double[order * order]);
            for (var position = 0; position < outcomes.Length; position++)
            {
                var chance = Probability(Score(rows, position, weights));
                var (rest, curvature) = ((outcomes[position] ? 1 : 0) - chance, Math.Max(1e-10, chance * (1 - chance)));
                for (var i = 0; i < order; i++)
                {
                    if (row[i] == 0)
                        continue;
                    gradient[i] += rest * row[i];
                    var scaled = curvature * row[i];
                    for (var j = i; j < order; j++)
                        hessian[(i * order) + j] += scaled * row[j];
                }
            }

            for (var feature = 0; feature < width; feature++)
            {
                gradient[feature] -= regularization * weights[feature];
                hessian[(feature * order) + feature] += regularization;
            }

            Solve(hessian, order, gradient);
            return gradient;
        }

        private double Score(ReadOnlySpan<float> rows, int position, double[] weights)
        {
            var score = weights[width];
            for (var feature = 0; feature < width; feature++)
            {
                row[feature] = (rows[(position * width) + feature] - means[feature]) / scales[feature];
                score += weights[feature] * row[feature];
            }

            row[width] = 1;
            return score;
        }

        /// <summary>Cholesky in double precision: the systems are small, and the steps are to come to rest.</summary>
        private static void Solve(double[] upper, int order, double[] side)
        {
            for (var i = 0; i < order; i++)
            {
                for (var above = 0; above < i; above++)
                {
                    for (var j = i; j < order; j++)
                        upper[(i * order) + j] -= upper[(above * order) + i] * upper[(above * order) + j];
                    side[i] -= upper[(above * order) + i] * side[above];
                }

                var pivot = Math.Sqrt(upper[(i * order) + i]);
                for (var j = i; j < order; j++)
                    upper[(i * order) + j] /= pivot;
                side[i] /= pivot;
            }

            for (var i = order - 1; i >= 0; i--)
            {
                for (var j = i + 1; j < order; j++)
                    side[i] -= upper[(i * order) + j] * side[j];
                side[i] /= upper[(i * order) + i];
            }
        }
    }
}
