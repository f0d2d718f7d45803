namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>The mean and the deviation of every feature within one list of candidates, which make the lists of all users alike. Lives as long as the room it was given.</summary>
internal readonly ref struct ListMoments
{
    /// <summary>A spread that is so small a part of the values is rounding.</summary>
    private const double SmallSpread = 1e-5;

    private readonly Span<double> means;
    private readonly Span<double> deviations;

    private ListMoments(Span<double> means, Span<double> deviations)
    {
        this.means = means;
        this.deviations = deviations;
    }

    /// <summary>One per feature.</summary>
    public ReadOnlySpan<double> Means => means;

    /// <summary>One per feature; 0 where all candidates are the same.</summary>
    public ReadOnlySpan<double> Deviations => deviations;

    /// <param name="rows">candidates x features, row-major.</param>
    /// <param name="room">Two numbers per feature.</param>
    public static ListMoments Of(ReadOnlySpan<float> rows, Span<double> room)
    {
        room.Clear();
        var width = room.Length / 2;
        var sums = room[..width];
        var spreads = room[width..];
        var count = Math.Max(1, rows.Length / width);
        for (var position = 0; position < rows.Length; position++)
            sums[position % width] += (double)rows[position] / count;
        for (var position = 0; position < rows.Length; position++)
            spreads[position % width] += (rows[position] - sums[position % width]) * (rows[position] - sums[position % width]) / count;
        for (var feature = 0; feature < width; feature++)
            spreads[feature] = Math.Sqrt(spreads[feature]) is var deviation && deviation > SmallSpread * Math.Abs(sums[feature]) ? deviation : 0;
        return new ListMoments(sums, spreads);
    }

    /// <summary>Those that <see cref="Of"/> has left in the room.</summary>
    public static ListMoments In(Span<double> room) => new(room[..(room.Length / 2)], room[(room.Length / 2)..]);

    /// <summary>Makes every feature's mean 0 and its deviation 1; one that is the same for all candidates becomes 0.</summary>
    /// <param name="rows">Any items x features, row-major.</param>
    public void Standardise(Span<float> rows)
    {
        for (var position = 0; position < rows.Length; position++)
        {
            var feature = position % means.Length;
            rows[position] = deviations[feature] > 0 ? (float)((rows[position] - means[feature]) / deviations[feature]) : 0;
        }
    }
}
