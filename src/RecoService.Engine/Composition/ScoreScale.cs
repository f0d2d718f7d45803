namespace RecoService.Engine.Composition;

/// <summary>
/// Makes the scores of different models comparable, user by user: the best item that a model finds for the user becomes 1, and a score of 0, which says nothing for
/// an item, stays 0. Where the last of the few hundred items that are blended scores below 0, that becomes 0. Items of the user's history do not set the scale,
/// for many models score them far above the rest.
/// </summary>
/// <remarks>After the normalisations of Lee, "Analyses of Multiple Evidence Combination", SIGIR 1997.</remarks>
/// <param name="Lowest">The score that becomes 0.</param>
/// <param name="Highest">The score that becomes 1.</param>
internal readonly record struct ScoreScale(float Lowest, float Highest)
{
    /// <param name="items">What the model found, best first.</param>
    /// <param name="scores">One per item.</param>
    /// <param name="history">Items left out, ascending; when there are no others, they count too.</param>
    /// <param name="depth">How many items set the scale, at least 1.</param>
    public static ScoreScale Of(ReadOnlySpan<int> items, ReadOnlySpan<float> scores, ReadOnlySpan<int> history, int depth)
    {
        var (lowest, highest, counted) = (0f, 0f, 0);
        for (var position = 0; position < items.Length && counted < depth; position++)
        {
            if (history.Length > 0 && history.BinarySearch(items[position]) >= 0)
                continue;
            lowest = scores[position];
            if (counted++ == 0)
                highest = lowest;
        }

        return counted > 0 || items.Length == 0 ? new ScoreScale(Math.Min(lowest, 0), highest) : Of(items, scores, [], depth);
    }

    /// <param name="items">What the model found, in no order; all score above 0.</param>
    /// <param name="all">|I| scores.</param>
    /// <param name="history">As of the other.</param>
    public static ScoreScale OfUnordered(ReadOnlySpan<int> items, ReadOnlySpan<float> all, ReadOnlySpan<int> history)
    {
        var (highest, highestOwn) = (0f, 0f);
        foreach (var item in items)
        {
            if (all[item] > highest && history.BinarySearch(item) < 0)
                highest = all[item];
            highestOwn = Math.Max(highestOwn, all[item]);
        }

        return new ScoreScale(0, highest > 0 ? highest : highestOwn);
    }

    /// <summary>0..1 for what the scale was made of, 1 where all scores were equal; above 1 only for items of the history.</summary>
    public float Scaled(float score) => Highest > Lowest ? Math.Max(0, (score - Lowest) / (Highest - Lowest)) : score >= Lowest ? 1 : 0;

    /// <summary>The same for many; 0 for NaN.</summary>
    public void Scale(Span<float> scores)
    {
        for (var position = 0; position < scores.Length; position++)
            scores[position] = float.IsNaN(scores[position]) ? 0 : Scaled(scores[position]);
    }
}
