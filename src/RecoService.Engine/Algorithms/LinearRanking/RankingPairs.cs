using RecoService.Engine.Algorithms.Ranking;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>What a linear ranker learns from: the features with a constant 1 behind them, and whether the user took the item.</summary>
/// <param name="Rows">pairs x <see cref="Width"/>, row-major.</param>
/// <param name="Taken">One per pair.</param>
internal sealed record RankingPairs(float[] Rows, bool[] Taken)
{
    /// <summary>The features and the constant.</summary>
    public const int Width = UserItemFeatures.Count + 1;

    public int Count => Taken.Length;

    public ReadOnlySpan<float> this[int pair] => Rows.AsSpan(pair * Width, Width);

    /// <summary>A ranker of the weights that <paramref name="fit"/> gives for the rows of the lists, the constant's last.</summary>
    public static LinearRankingFunction Learn(RankingLists lists, Func<RankingPairs, float[]> fit)
    {
        var rows = new float[lists.Count * Width];
        for (var row = 0; row < lists.Count; row++)
        {
            lists[row].CopyTo(rows.AsSpan(row * Width));
            rows[((row + 1) * Width) - 1] = 1;
        }

        var weights = fit(new RankingPairs(rows, lists.Taken));
        return new LinearRankingFunction(weights[..^1], weights[^1]);
    }
}
