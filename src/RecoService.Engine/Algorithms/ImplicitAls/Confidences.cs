using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// Weights as the solvers want them: c - 1 where an unobserved pair has c = 1, with the sign bit of the preference. Minus stands for a preference of 0, minus zero included;
/// so the logarithm is taken once per training and not in every half-step.
/// </summary>
internal static class Confidences
{
    /// <summary>The same cells.</summary>
    public static SparseMatrix Of(SparseMatrix weights, ImplicitAlsOptions options) => weights.WithValues(values => Compute(values, options));

    /// <summary>One per weight.</summary>
    public static float[] Compute(ReadOnlySpan<float> weights, ImplicitAlsOptions options)
    {
        var confidences = new float[weights.Length];
        Compute(weights, options, confidences);
        return confidences;
    }

    /// <summary>One per weight.</summary>
    /// <param name="weights">The summed weight per item.</param>
    /// <param name="options">How confidence grows with it.</param>
    /// <param name="confidences">As long; may be the weights themselves.</param>
    public static void Compute(ReadOnlySpan<float> weights, ImplicitAlsOptions options, Span<float> confidences)
    {
        var alpha = options.Alpha / options.UnobservedWeight;
        for (var position = 0; position < weights.Length; position++)
        {
            var size = MathF.Abs(weights[position]);
            var excess = alpha * (options.Confidence == ConfidenceScale.Log ? MathF.Log(1 + (size / options.Epsilon)) : size);
            confidences[position] = weights[position] > 0 ? excess : -excess;
        }
    }

    /// <summary>With what users were shown: a touch in a list counts as its position says, and what was shown and left has a preference of 0.</summary>
    /// <param name="confidences">|U| x |I|.</param>
    /// <param name="feedback">Of the same pairs.</param>
    /// <param name="shownWeight">c - 1 of what was shown and left, each time.</param>
    public static SparseMatrix With(SparseMatrix confidences, ListFeedback feedback, float shownWeight)
    {
        var (lengths, columns, values) = (new int[confidences.RowCount], new List<int>(), new List<float>());
        var row = new SortedDictionary<int, float>();
        for (var user = 0; user < lengths.Length; user++)
        {
            row.Clear();
            var own = confidences.RowColumns(user);
            var passed = feedback.Passed.RowColumns(user);
            for (var position = 0; position < own.Length; position++)
            {
                var confidence = confidences.RowValues(user)[position];
                row.Add(own[position], IsPositive(confidence) ? confidence * feedback.TouchWeight(user, own[position]) : confidence);
            }

            for (var position = 0; position < passed.Length; position++)
                row[passed[position]] = row.GetValueOrDefault(passed[position], -0f) - (shownWeight * feedback.Passed.RowValues(user)[position]);
            lengths[user] = row.Count;
            columns.AddRange(row.Keys);
            values.AddRange(row.Values);
        }

        return SparseMatrix.FromRows(confidences.ColumnCount, lengths, [.. columns], [.. values]);
    }

    public static bool IsPositive(float confidence) => !float.IsNegative(confidence);

    public static bool HasPositive(ReadOnlySpan<float> confidences)
    {
        foreach (var confidence in confidences)
        {
            if (IsPositive(confidence))
                return true;
        }

        return false;
    }
}
