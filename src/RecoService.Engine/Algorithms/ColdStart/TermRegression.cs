using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.ColdStart;

/// <summary>
/// A linear map from terms to the factors that a model has trained: Gantner, Drumond, Freudenthaler, Rendle, Schmidt-Thieme, "Learning Attribute-to-Feature Mappings for
/// Cold-Start Recommendations", ICDM 2010. It is fitted by ridge regression, and how much it is drawn to the mean is decided by the error on a fifth of the rows. Immutable.
/// </summary>
internal sealed class TermRegression
{
    /// <summary>With fewer rows nothing is learned.</summary>
    public const int FewestRows = 10;

    /// <summary>Each fifth row judges the others.</summary>
    private const int Folds = 5;

    /// <summary>So many of the outputs, spread evenly with the last among them, decide on the regularization of all.</summary>
    private const int JudgedOutputs = 16;

    /// <summary>Of the error of the mean: what is nearer to it says nothing.</summary>
    private const double LeastGain = 0.999;

    /// <summary>In units of a row of mean weight.</summary>
    private static readonly double[] Regularizations = [0.1, 0.3, 1, 3, 10, 30, 100];

    private readonly FactorMatrix fitted;

    private TermRegression(FactorMatrix fitted) => this.fitted = fitted;

    /// <summary>How many numbers it makes.</summary>
    public int Outputs => fitted.Factors;

    /// <summary>How many terms it knows.</summary>
    public int Terms => fitted.RowCount - 1;

    /// <summary>Learns it from rows that were trained.</summary>
    /// <param name="features">n x terms.</param>
    /// <param name="targets">n x outputs; not read where the weight is 0.</param>
    /// <param name="weights">n: how much each row counts; 0 for those that were not trained.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <returns>Null where there are too few rows, or terms say no more of the rows put aside than the mean of the others does.</returns>
    public static TermRegression? Learn(SparseMatrix features, FactorMatrix targets, float[] weights, TrainingContext context)
    {
        var rows = weights.Count(weight => weight > 0);
        if (rows < FewestRows || features.NonZeroCount == 0 || targets.Factors == 0)
            return null;
        var unit = weights.Sum(weight => (double)weight) / rows;
        var (learning, judging) = Split(weights);
        var some = SomeOf(targets);
        var (best, leastError) = (0.0, LeastGain * ErrorOf(MeanOf(features, some, learning), features, some, judging));
        foreach (var regularization in Regularizations)
        {
            var error = ErrorOf(RidgeRegression.Fit(features, some, learning, regularization * unit, context), features, some, judging);
            if (error < leastError)
                (best, leastError) = (regularization, error);
        }

        return best == 0 ? null : new TermRegression(RidgeRegression.Fit(features, targets, weights, best * unit, context));
    }

    /// <summary>The row of somebody or something with these terms.</summary>
    /// <param name="terms">Distinct.</param>
    /// <param name="values">One per term.</param>
    /// <param name="row"><see cref="Outputs"/> values.</param>
    public void Predict(ReadOnlySpan<int> terms, ReadOnlySpan<float> values, Span<float> row) => RidgeRegression.Predict(fitted, terms, values, row);

    public bool IsSound() => VectorMath.AllFinite(fitted.Values);

    public void Write(ModelWriter writer) => writer.WriteFactors(fitted);

    /// <param name="reader">Where <see cref="Write"/> has written.</param>
    /// <param name="terms">How many terms it must know.</param>
    public static Func<TermRegression> Read(ModelReader reader, Func<int> terms)
    {
        var read = reader.ReadFactors();
        return () => read() is { } matrix && matrix.RowCount == terms() + 1
            ? new TermRegression(matrix)
            : throw new ArgumentException("A regression does not fit its terms.");
    }

    private static FactorMatrix SomeOf(FactorMatrix targets)
    {
        if (targets.Factors <= JudgedOutputs)
            return targets;
        var some = new FactorMatrix(targets.RowCount, JudgedOutputs);
        for (var row = 0; row < targets.RowCount; row++)
        {
            for (var output = 0; output < JudgedOutputs; output++)
                some.Row(row)[output] = targets[row][((output + 1) * targets.Factors / JudgedOutputs) - 1];
        }

        return some;
    }

    private static (float[] Learning, float[] Judging) Split(float[] weights)
    {
        var (learning, judging) = ((float[])weights.Clone(), (float[])weights.Clone());
        var next = 0;
        for (var row = 0; row < weights.Length; row++)
        {
            if (weights[row] == 0)
                continue;
            (next++ % Folds == 0 ? learning : judging)[row] = 0;
        }

        return (learning, judging);
    }

    private static FactorMatrix MeanOf(SparseMatrix features, FactorMatrix targets, float[] weights)
    {
        var mean = new FactorMatrix(features.ColumnCount + 1, targets.Factors);
        var last = mean.Row(features.ColumnCount);
        var sum = weights.Sum(weight => (double)weight);
        for (var row = 0; row < weights.Length; row++)
        {
            if (weights[row] > 0)
                VectorMath.AddScaled(last, (float)(weights[row] / sum), targets[row]);
        }

        return mean;
    }

    private static double ErrorOf(FactorMatrix fitted, SparseMatrix features, FactorMatrix targets, float[] weights)
    {
        var predicted = new float[fitted.Factors];
        var error = 0.0;
        for (var row = 0; row < weights.Length; row++)
        {
            if (weights[row] == 0)
                continue;
            RidgeRegression.Predict(fitted, features.RowColumns(row), features.RowValues(row), predicted);
            VectorMath.AddScaled(predicted, -1, targets[row]);
            error += weights[row] * VectorMath.DotInDouble(predicted, predicted);
        }

        return error;
    }
}
