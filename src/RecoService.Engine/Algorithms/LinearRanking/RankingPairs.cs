namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>What a linear ranker learns from: standardised features with a constant 1 behind them, and whether the user took the item.</summary>
/// <param name="Rows">pairs x <see cref="Width"/>, row-major.</param>
/// <param name="Taken">One per pair.</param>
internal sealed record RankingPairs(float[] Rows, bool[] Taken)
{
    /// <summary>The features and the constant.</summary>
    public const int Width = UserItemFeatures.Count + 1;

    public int Count => Taken.Length;

    public ReadOnlySpan<float> this[int pair] => Rows.AsSpan(pair * Width, Width);
}
