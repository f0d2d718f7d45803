namespace RecoService.Engine.Numerics;

/// <summary>
/// The minimum of 1/2 |x_j - X w|^2 + l1 |w|_1 + l2/2 |w|^2 over some columns of X, by cyclic coordinate descent with covariance updates, which needs X^T X alone.
/// Friedman, Hastie, Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate Descent", Journal of Statistical Software 33(1), 2010.
/// Reusable, not thread-safe.
/// </summary>
/// <param name="l1">Weight of the absolute values, at least 0.</param>
/// <param name="l2">Weight of half the squares, at least 0.</param>
/// <param name="positiveOnly">Admits no weight below 0.</param>
/// <param name="epochs">The most passes over the weights.</param>
/// <param name="tolerance">Ends when no weight changes by more than this part of the largest.</param>
internal sealed class CoordinateDescent(float l1, float l2, bool positiveOnly, int epochs, float tolerance)
{
    private readonly List<int> active = [];

    public float L1 => l1;

    public bool PositiveOnly => positiveOnly;

    /// <param name="rows">X^T X over the columns.</param>
    /// <param name="weights">Replaced by w.</param>
    /// <param name="gradients">x_k . x_j of every column k; replaced by x_k . (x_j - X w).</param>
    public void Minimize(ICandidateRows rows, Span<float> weights, Span<float> gradients)
    {
        weights.Clear();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            active.Clear();
            if (PassOverAll(rows, weights, gradients))
                return;
            while (++epoch < epochs && !PassOverActive(rows, weights, gradients))
            {
            }
        }
    }

    /// <returns>True when no weight changed by more than the tolerance. Fills <see cref="active"/> with the columns whose weight is not 0.</returns>
    private bool PassOverAll(ICandidateRows rows, Span<float> weights, Span<float> gradients)
    {
        var (largest, largestChange) = (0f, 0f);
        for (var position = 0; position < weights.Length; position++)
        {
            Update(rows, weights, gradients, position, ref largest, ref largestChange);
            if (weights[position] != 0)
                active.Add(position);
        }

        return largestChange <= tolerance * largest;
    }

    private bool PassOverActive(ICandidateRows rows, Span<float> weights, Span<float> gradients)
    {
        var (largest, largestChange) = (0f, 0f);
        foreach (var position in active)
            Update(rows, weights, gradients, position, ref largest, ref largestChange);
        return largestChange <= tolerance * largest;
    }

    private void Update(ICandidateRows rows, Span<float> weights, Span<float> gradients, int position, ref float largest, ref float largestChange)
    {
        var old = weights[position];
        var square = rows.SquareOf(position);
        var updated = Minimum(gradients[position] + (square * old), square);
        largest = Math.Max(largest, Math.Abs(updated));
        if (updated == old)
            return;
        weights[position] = updated;
        largestChange = Math.Max(largestChange, Math.Abs(updated - old));
        rows.AddRow(position, old - updated, gradients);
    }

    /// <summary>The best value of one weight with all others fixed: soft thresholding.</summary>
    private float Minimum(float correlation, float square)
    {
        if (correlation > l1)
            return (correlation - l1) / (square + l2);
        return !positiveOnly && correlation < -l1 ? (correlation + l1) / (square + l2) : 0;
    }
}

/// <summary>X^T X over some columns of X.</summary>
internal interface ICandidateRows
{
    /// <summary>The entry of a column with itself, above 0.</summary>
    float SquareOf(int position);

    /// <summary>Adds a row, times a number, to a number per column.</summary>
    void AddRow(int position, float scale, Span<float> sums);
}
