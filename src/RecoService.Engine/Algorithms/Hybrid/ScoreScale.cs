namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>
/// Makes the scores of different models comparable, user by user: the lowest that a model gives the user becomes 0, the highest 1. What the user has
/// already is left out of account, for many models score it far above the rest; so is which items are asked about, so that a score never depends on it.
/// </summary>
/// <remarks>Min-max normalisation: Lee, "Analyses of Multiple Evidence Combination", SIGIR 1997.</remarks>
/// <param name="Lowest">The score that becomes 0.</param>
/// <param name="Highest">The score that becomes 1.</param>
internal readonly record struct ScoreScale(float Lowest, float Highest)
{
    /// <summary>False where the model knows nothing of the user.</summary>
    public bool IsKnown => Highest >= Lowest;

    /// <param name="scores">|I| scores of one user; NaN for unknown.</param>
    /// <param name="history">Items left out, ascending; when the model knows no others, they count too.</param>
    public static ScoreScale Of(ReadOnlySpan<float> scores, ReadOnlySpan<int> history)
    {
        var scale = new ScoreScale(float.PositiveInfinity, float.NegativeInfinity);
        var next = 0;
        foreach (var item in history)
        {
            scale = scale.With(scores[next..item]);
            next = item + 1;
        }

        scale = scale.With(scores[next..]);
        return scale.IsKnown || history.Length == 0 ? scale : Of(scores, []);
    }

    /// <summary>0..1 for what the scale was made of, 1 where all scores were equal; NaN stays NaN.</summary>
    public float Scaled(float score) => Highest > Lowest ? (score - Lowest) / (Highest - Lowest) : score - Lowest + 1;

    private ScoreScale With(ReadOnlySpan<float> scores)
    {
        var (lowest, highest) = (Lowest, Highest);
        foreach (var score in scores)
        {
            // Neither is true of NaN.
            if (score < lowest)
                lowest = score;
            if (score > highest)
                highest = score;
        }

        return new ScoreScale(lowest, highest);
    }
}
