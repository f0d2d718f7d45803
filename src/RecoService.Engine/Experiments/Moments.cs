namespace RecoService.Engine.Experiments;

/// <summary>
/// What is kept of one number per user: how many, their sum and the sum of their squares. Moments of parts add up to those of the whole, so days, replicas and
/// databases can be summed in any order.
/// </summary>
/// <param name="Count">n, how many users; at least 0.</param>
/// <param name="Sum">The sum of the values.</param>
/// <param name="SumOfSquares">The sum of their squares; at least Sum^2 / n.</param>
public readonly record struct Moments(long Count, double Sum, double SumOfSquares)
{
    /// <summary>Sum / n; NaN without a user.</summary>
    public double Mean => Sum / Count;

    /// <summary>The sample variance, (sum of squares - sum^2 / n) / (n - 1); NaN for fewer than two users.</summary>
    public double Variance => Count < 2 ? double.NaN : Math.Max(0, SumOfSquares - (Sum * Sum / Count)) / (Count - 1);

    /// <summary>The moments of some values.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            sum += value;
            squares += value * value;
        }

        return new Moments(values.Length, sum, squares);
    }

    /// <summary>The moments of both parts together.</summary>
    public Moments Add(Moments other) => this + other;

    /// <summary>The moments of both parts together.</summary>
    public static Moments operator +(Moments left, Moments right) =>
        new(left.Count + right.Count, left.Sum + right.Sum, left.SumOfSquares + right.SumOfSquares);
}
