namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>
/// The policy that is evaluated: how probable it would have been to show each action in each round. Rounds share a row of probabilities where it is the same for them, so a policy that looks at
/// the position alone has a row per position.
/// </summary>
public sealed class TargetPolicy
{
    private const double SumTolerance = 1e-3;

    private readonly double[] probabilities;
    private readonly int[]? rows;

    private TargetPolicy(int actionCount, double[] probabilities, int[]? rows) => (ActionCount, this.probabilities, this.rows) = (actionCount, probabilities, rows);

    /// <summary>How many actions a row has; 0 where the logged actions alone are known.</summary>
    public int ActionCount { get; }

    /// <summary>Whether the probability of every action is known in every round; without it no reward model can be used.</summary>
    public bool KnowsAllActions => rows is not null;

    /// <summary>How many rounds it is of.</summary>
    public int RoundCount => rows?.Length ?? probabilities.Length;

    /// <summary>Where only the action that was shown is known.</summary>
    /// <param name="probabilities">One per round, 0..1.</param>
    /// <exception cref="ArgumentException">A value is no probability.</exception>
    public static TargetPolicy OfLoggedActions(double[] probabilities)
    {
        CheckValues(probabilities);
        return new TargetPolicy(0, probabilities, rows: null);
    }

    /// <summary>Where all actions are known.</summary>
    /// <param name="actionCount">K, at least 1.</param>
    /// <param name="probabilities">R x K, row-major; each row sums to 1 and is scaled to do so exactly.</param>
    /// <param name="rowOfRound">For each round its row, 0..R-1.</param>
    /// <exception cref="ArgumentException">A value is no probability, a row does not sum to 1, or a round names no row.</exception>
    public static TargetPolicy OfRows(int actionCount, ReadOnlySpan<double> probabilities, int[] rowOfRound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(actionCount, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length % actionCount, 0);
        CheckValues(probabilities);
        var scaled = probabilities.ToArray();
        var rowCount = scaled.Length / actionCount;
        for (var row = 0; row < rowCount; row++)
        {
            var values = scaled.AsSpan(row * actionCount, actionCount);
            var sum = 0.0;
            foreach (var value in values)
                sum += value;
            if (Math.Abs(sum - 1) > SumTolerance)
                throw new ArgumentException($"The probabilities of row {row} sum to {sum}; the sum over all actions is 1.", nameof(probabilities));
            foreach (ref var value in values)
                value /= sum;
        }

        foreach (var row in rowOfRound)
        {
            if ((uint)row >= (uint)rowCount)
                throw new ArgumentException($"A round names row {row}; there are {rowCount}.", nameof(rowOfRound));
        }

        return new TargetPolicy(actionCount, scaled, rowOfRound);
    }

    /// <summary>The probability of the action that was shown.</summary>
    /// <param name="round">0..n-1.</param>
    /// <param name="action">What was shown.</param>
    public double Of(int round, int action) => rows is null ? probabilities[round] : probabilities[(rows[round] * ActionCount) + action];

    /// <summary>The probabilities of all actions; empty where they are not known.</summary>
    /// <param name="round">0..n-1.</param>
    public ReadOnlySpan<double> AllOf(int round) => rows is null ? [] : probabilities.AsSpan(rows[round] * ActionCount, ActionCount);

    private static void CheckValues(ReadOnlySpan<double> probabilities)
    {
        foreach (var value in probabilities)
        {
            if (value is not (>= 0 and <= 1))
                throw new ArgumentException($"{value} is no probability; it is 0 to 1.", nameof(probabilities));
        }
    }
}
