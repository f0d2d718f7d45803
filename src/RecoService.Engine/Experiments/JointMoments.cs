namespace RecoService.Engine.Experiments;

/// <summary>
/// What is kept of several numbers per user, such as revenue with orders, or a metric with the same metric before the experiment: how many, the sums, and the sums of
/// the products of every two. They add up as <see cref="Moments"/> do.
/// </summary>
public sealed class JointMoments
{
    private readonly double[] sums;
    private readonly double[] products;

    /// <param name="count">n, how many users; at least 0.</param>
    /// <param name="sums">d sums, one per number.</param>
    /// <param name="products">d x d, row-major and symmetric: at (i, j) the sum over users of number i times number j.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public JointMoments(long count, ReadOnlySpan<double> sums, ReadOnlySpan<double> products)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (products.Length != sums.Length * sums.Length)
            throw new ArgumentException($"{sums.Length} sums go with {sums.Length * sums.Length} sums of products; {products.Length} are given.", nameof(products));
        (Count, this.sums, this.products) = (count, sums.ToArray(), products.ToArray());
    }

    /// <summary>n, how many users.</summary>
    public long Count { get; }

    /// <summary>d, how many numbers a user has.</summary>
    public int Dimension => sums.Length;

    /// <summary>The moments of one row of numbers per user.</summary>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="rows">n x d, row-major.</param>
    public static JointMoments Of(int dimension, ReadOnlySpan<double> rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length % dimension, 0);
        var totals = new double[dimension];
        var crossed = new double[dimension * dimension];
        for (var start = 0; start < rows.Length; start += dimension)
        {
            var row = rows.Slice(start, dimension);
            for (var i = 0; i < dimension; i++)
            {
                totals[i] += row[i];
                for (var j = 0; j < dimension; j++)
                    crossed[(i * dimension) + j] += row[i] * row[j];
            }
        }

        return new JointMoments(rows.Length / dimension, totals, crossed);
    }

    /// <summary>The moments of one number alone.</summary>
    public Moments this[int number] => new(Count, sums[number], products[(number * Dimension) + number]);

    /// <summary>The mean of one number; NaN without a user.</summary>
    public double Mean(int number) => sums[number] / Count;

    /// <summary>The sample covariance of two numbers; NaN for fewer than two users.</summary>
    public double Covariance(int first, int second) => first == second
        ? this[first].Variance
        : Count < 2 ? double.NaN : (products[(first * Dimension) + second] - (sums[first] * sums[second] / Count)) / (Count - 1);

    /// <summary>The moments of both parts together.</summary>
    /// <exception cref="ArgumentException">The parts have different numbers.</exception>
    public JointMoments Add(JointMoments other) => this + other;

    /// <inheritdoc cref="Add"/>
    public static JointMoments operator +(JointMoments left, JointMoments right)
    {
        if (left.Dimension != right.Dimension)
            throw new ArgumentException($"Moments of {left.Dimension} and of {right.Dimension} numbers do not add up.", nameof(right));
        return new JointMoments(
            left.Count + right.Count,
            left.sums.Zip(right.sums, (one, other) => one + other).ToArray(),
            left.products.Zip(right.products, (one, other) => one + other).ToArray());
    }

    /// <summary>The moments of other numbers of the same users, each a linear form of these.</summary>
    /// <param name="forms">m forms of d factors each.</param>
    /// <returns>Of m numbers.</returns>
    public JointMoments Transform(IReadOnlyList<double[]> forms)
    {
        var (own, crossed) = (new double[forms.Count], new double[forms.Count * forms.Count]);
        for (var one = 0; one < forms.Count; one++)
        {
            for (var i = 0; i < Dimension; i++)
                own[one] += forms[one][i] * sums[i];
            for (var other = 0; other < forms.Count; other++)
            {
                for (var i = 0; i < Dimension; i++)
                {
                    for (var j = 0; j < Dimension; j++)
                        crossed[(one * forms.Count) + other] += forms[one][i] * forms[other][j] * products[(i * Dimension) + j];
                }
            }
        }

        return new JointMoments(Count, own, crossed);
    }

    /// <summary>The covariance of two linear forms of the numbers, by which the delta method gives variances of functions of means.</summary>
    /// <param name="first">d factors.</param>
    /// <param name="second">d factors.</param>
    internal double Covariance(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var i = 0; i < Dimension; i++)
        {
            for (var j = 0; j < Dimension; j++)
            {
                if (first[i] != 0 && second[j] != 0)
                    sum += first[i] * second[j] * Covariance(i, j);
            }
        }

        return sum;
    }
}
