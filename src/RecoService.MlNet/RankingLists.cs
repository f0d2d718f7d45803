namespace RecoService.MlNet;

/// <summary>Lists of candidates with what became of each, as the service makes them.</summary>
/// <param name="Width">How many features a row has.</param>
/// <param name="Starts">lists + 1: where each list's rows begin.</param>
/// <param name="Taken">Of each row, whether the user took it.</param>
/// <param name="Features">rows x width, row-major, standardised within the list.</param>
internal sealed record RankingLists(int Width, int[] Starts, bool[] Taken, float[] Features)
{
    public int Count => Taken.Length;

    public static RankingLists Of(DatasetFolder dataset) => new(
        dataset.Manifest.RankingFeatures?.Count ?? throw new WorkerException("The dataset has no features for a ranking."),
        dataset.Read<int>("ranking-list-starts"), Array.ConvertAll(dataset.Read<byte>("ranking-labels"), label => label != 0), dataset.Read<float>("ranking-features"));

    /// <summary>The features of a row.</summary>
    public float[] Row(int row) => Features[(row * Width)..((row + 1) * Width)];

    /// <summary>A weight per row, 1 in the mean, by which what was taken counts the same in every list.</summary>
    public float[] EqualWeights()
    {
        var weights = new float[Count];
        for (var list = 0; list < Starts.Length - 1; list++)
        {
            var rows = new Range(Starts[list], Starts[list + 1]);
            weights.AsSpan(rows).Fill(1f / Math.Max(1, Taken.AsSpan(rows).Count(true)));
        }

        var mean = (float)weights.Average(weight => (double)weight);
        return Array.ConvertAll(weights, weight => weight / mean);
    }
}
