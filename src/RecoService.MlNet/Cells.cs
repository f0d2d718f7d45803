namespace RecoService.MlNet;

/// <summary>Cells of a matrix of users and items, in parallel arrays.</summary>
/// <param name="UserCount">|U|.</param>
/// <param name="ItemCount">|I|.</param>
/// <param name="Users">One user index per cell.</param>
/// <param name="Items">One item index per cell.</param>
/// <param name="Labels">One per cell.</param>
internal sealed record Cells(int UserCount, int ItemCount, int[] Users, int[] Items, float[] Labels)
{
    public int Count => Labels.Length;

    /// <param name="rowStarts">|U| + 1 offsets of compressed sparse rows.</param>
    /// <param name="columns">Item indexes.</param>
    /// <param name="values">One per column.</param>
    /// <param name="itemCount">|I|.</param>
    public static Cells Of(long[] rowStarts, int[] columns, float[] values, int itemCount)
    {
        var users = new int[columns.Length];
        for (var user = 0; user < rowStarts.Length - 1; user++)
            users.AsSpan((int)rowStarts[user], (int)(rowStarts[user + 1] - rowStarts[user])).Fill(user);
        return new Cells(rowStarts.Length - 1, itemCount, users, columns, values);
    }

    /// <summary>The same cells with labels of mean 0 and deviation 1, and both of what they were.</summary>
    /// <exception cref="WorkerException">All labels are the same: ML.NET would give NaN for every score without a word.</exception>
    public (Cells Scaled, double Mean, double Deviation) Standardize()
    {
        var mean = Labels.Average(label => (double)label);
        var deviation = Math.Sqrt(Labels.Average(label => (label - mean) * (label - mean)));
        return deviation > 0
            ? (this with { Labels = Array.ConvertAll(Labels, label => (float)((label - mean) / deviation)) }, mean, deviation)
            : throw new WorkerException($"Nothing can be learned from ratings that are all {Labels[0]}; use a trainer of lists for them.");
    }

    /// <summary>Root of the mean squared difference between the labels and the dot products of the rows.</summary>
    public double RmseOf(float[] userFactors, float[] itemFactors, int factors)
    {
        var sum = 0.0;
        for (var position = 0; position < Count; position++)
        {
            var (user, item) = (Users[position] * factors, Items[position] * factors);
            var score = 0.0;
            for (var factor = 0; factor < factors; factor++)
                score += userFactors[user + factor] * itemFactors[item + factor];
            sum += (Labels[position] - score) * (Labels[position] - score);
        }

        return Math.Sqrt(sum / Count);
    }

    /// <summary>Makes the rows of users and items without a cell NaN; what ML.NET has there means nothing.</summary>
    public void ForgetUnseen(float[] userFactors, float[] itemFactors, int factors)
    {
        Forget(userFactors, factors, Users, UserCount);
        Forget(itemFactors, factors, Items, ItemCount);
    }

    private static void Forget(float[] rows, int factors, int[] seen, int count)
    {
        var isSeen = new bool[count];
        foreach (var row in seen)
            isSeen[row] = true;
        for (var row = 0; row < count; row++)
        {
            if (!isSeen[row])
                rows.AsSpan(row * factors, factors).Fill(float.NaN);
        }
    }
}
