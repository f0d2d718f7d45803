namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>What a ranker learns from: of each user's list of candidates those they took and some that they left. A list without one that was taken is among them only where what was shown counts.</summary>
/// <param name="Starts">lists + 1: where each list's rows begin, ascending from 0.</param>
/// <param name="Users">The user of each list.</param>
/// <param name="Items">The item of each row.</param>
/// <param name="Taken">Of each row, whether the user took it.</param>
/// <param name="Features">rows x <see cref="UserItemFeatures.Count"/>, row-major, standardised within the whole list of candidates.</param>
public sealed record RankingLists(int[] Starts, int[] Users, int[] Items, bool[] Taken, float[] Features)
{
    /// <summary>How much each row counts, at least 0; null: all the same.</summary>
    public float[]? Weights { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Count => Taken.Length;

    /// <summary>A weight per row, 1 in the mean, by which what was taken counts the same in every list, times the row's own: a long history must not decide alone what a good order is.</summary>
    public float[] EqualWeights()
    {
        var weights = new float[Count];
        for (var list = 0; list < Users.Length; list++)
        {
            var rows = new Range(Starts[list], Starts[list + 1]);
            weights.AsSpan(rows).Fill(1f / Math.Max(1, Taken.AsSpan(rows).Count(true)));
        }

        for (var row = 0; Weights is not null && row < weights.Length; row++)
            weights[row] *= Weights[row];

        var mean = (float)weights.Average(weight => (double)weight);
        return Array.ConvertAll(weights, weight => weight / mean);
    }

    /// <summary>The features of a row.</summary>
    public ReadOnlySpan<float> this[int row] => Features.AsSpan(row * UserItemFeatures.Count, UserItemFeatures.Count);
}
