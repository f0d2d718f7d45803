namespace RecoService.Neural;

/// <summary>Batches of sequences of about the same length, so that little is computed of what only fills up.</summary>
internal static class SequenceBatches
{
    /// <summary>How far a sequence may stand from where its length alone would put it.</summary>
    private const int Jitter = 3;

    /// <param name="sequences">What trains; sequences of one item have nothing to predict, and are left out.</param>
    /// <param name="maxLength">The newest so many predictions of a user are learned.</param>
    /// <param name="batchSize">Sequences of the mean length in a batch; of longer ones fewer are taken.</param>
    /// <param name="random">Draws the order.</param>
    public static List<int[][]> Of(Sequences sequences, int maxLength, int batchSize, Random random)
    {
        var windows = sequences.OfUsers.Where(items => items.Length > 1).Select(items => items[^Math.Min(items.Length, maxLength + 1)..]).ToArray();
        if (windows.Length == 0)
            return [];
        random.Shuffle(windows);
        var places = (long)Math.Ceiling(windows.Average(window => window.Length - 1.0) * batchSize);
        var keys = Array.ConvertAll(windows, window => window.Length + random.Next(Jitter));
        Array.Sort(keys, windows);

        var batches = new List<int[][]>();
        for (var start = 0; start < windows.Length;)
        {
            var (end, longest) = (start, 0);
            while (end < windows.Length && (end == start || Math.Max(longest, windows[end].Length - 1) * (end - start + 1L) <= places))
                longest = Math.Max(longest, windows[end++].Length - 1);
            batches.Add(windows[start..end]);
            start = end;
        }

        var shuffled = batches.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
