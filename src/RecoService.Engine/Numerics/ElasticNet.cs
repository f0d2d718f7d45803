using RecoService.Engine.Data;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Regresses one column of X on all others: the minimum of 1/2 |x_j - X w|^2 + l1 |w|_1 + l2/2 |w|^2 with w_j = 0, by cyclic coordinate descent
/// with covariance updates, which needs X^T X alone. Friedman, Hastie, Tibshirani, "Regularization Paths for Generalized Linear Models via
/// Coordinate Descent", Journal of Statistical Software 33(1), 2010. Reusable, not thread-safe.
/// </summary>
/// <param name="gram">X^T X, n x n, with a diagonal above 0.</param>
/// <param name="l1">Weight of the absolute values, at least 0.</param>
/// <param name="l2">Weight of half the squares, at least 0.</param>
/// <param name="positiveOnly">Admits no weight below 0; X must hold none either.</param>
/// <param name="epochs">The most passes over the weights.</param>
/// <param name="tolerance">Ends when no weight changes by more than this part of the largest.</param>
internal sealed class ElasticNet(SparseMatrix gram, float l1, float l2, bool positiveOnly, int epochs, float tolerance)
{
    private const int MaxCachedValues = 32 << 20;

    private readonly float[] diagonal = DiagonalOf(gram);
    private readonly int[] places = new int[gram.RowCount];
    private readonly int[] candidates = new int[gram.RowCount];
    private readonly float[] weights = new float[gram.RowCount];

    /// <summary>x_k . (x_j - X w) for every candidate k.</summary>
    private readonly float[] gradients = new float[gram.RowCount];

    /// <summary>Where the row of X^T X over the candidates begins in <see cref="cachedRows"/>; -1 where it was not needed yet.</summary>
    private readonly int[] cachedStarts = new int[gram.RowCount];
    private readonly List<int> active = [];
    private float[] cachedRows = [];
    private int cachedCount;
    private int candidateCount;

    /// <summary>The columns that can have a weight, ascending; valid until the next call of <see cref="Solve"/>.</summary>
    public ReadOnlySpan<int> Candidates => candidates.AsSpan(0, candidateCount);

    /// <summary>The weights of <see cref="Candidates"/>; valid until the next call of <see cref="Solve"/>.</summary>
    public ReadOnlySpan<float> Weights => weights.AsSpan(0, candidateCount);

    /// <summary>Regresses column <paramref name="target"/>.</summary>
    public void Solve(int target)
    {
        FindCandidates(target);
        Start(target);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            active.Clear();
            if (PassOverAll())
                return;
            while (++epoch < epochs && !PassOverActive())
            {
            }
        }
    }

    private void FindCandidates(int target)
    {
        candidateCount = 0;
        if (!positiveOnly)
        {
            for (var item = 0; item < gram.RowCount; item++)
                AddCandidate(item, target);
            return;
        }

        // Positive weights on positive columns only lower the gradients, so what starts below the threshold stays 0.
        var columns = gram.RowColumns(target);
        var values = gram.RowValues(target);
        for (var place = 0; place < columns.Length; place++)
        {
            if (values[place] > l1)
                AddCandidate(columns[place], target);
        }
    }

    private void AddCandidate(int item, int target)
    {
        if (item != target)
            candidates[candidateCount++] = item;
    }

    private void Start(int target)
    {
        Array.Fill(places, -1);
        for (var place = 0; place < candidateCount; place++)
            places[candidates[place]] = place;
        weights.AsSpan(0, candidateCount).Clear();
        gradients.AsSpan(0, candidateCount).Clear();
        cachedStarts.AsSpan(0, candidateCount).Fill(-1);
        cachedCount = 0;
        Scatter(target, 1, gradients);
    }

    /// <returns>True when no weight changed by more than the tolerance. Fills <see cref="active"/> with the candidates whose weight is not 0.</returns>
    private bool PassOverAll()
    {
        var (largest, largestChange) = (0f, 0f);
        for (var place = 0; place < candidateCount; place++)
        {
            Update(place, ref largest, ref largestChange);
            if (weights[place] != 0)
                active.Add(place);
        }

        return largestChange <= tolerance * largest;
    }

    private bool PassOverActive()
    {
        var (largest, largestChange) = (0f, 0f);
        foreach (var place in active)
            Update(place, ref largest, ref largestChange);
        return largestChange <= tolerance * largest;
    }

    private void Update(int place, ref float largest, ref float largestChange)
    {
        var old = weights[place];
        var square = diagonal[candidates[place]];
        var updated = Minimum(gradients[place] + (square * old), square);
        largest = Math.Max(largest, Math.Abs(updated));
        if (updated == old)
            return;
        weights[place] = updated;
        largestChange = Math.Max(largestChange, Math.Abs(updated - old));
        AddRow(place, old - updated);
    }

    /// <summary>The best value of one weight with all others fixed: soft thresholding.</summary>
    private float Minimum(float correlation, float square)
    {
        if (correlation > l1)
            return (correlation - l1) / (square + l2);
        return !positiveOnly && correlation < -l1 ? (correlation + l1) / (square + l2) : 0;
    }

    /// <summary>gradients += scale * a row of X^T X. A row once used is used in every pass, so it is kept as a dense one over the candidates.</summary>
    private void AddRow(int place, float scale)
    {
        if (cachedStarts[place] < 0 && !TryCache(place))
            Scatter(candidates[place], scale, gradients);
        else
            VectorMath.AddScaled(gradients.AsSpan(0, candidateCount), scale, cachedRows.AsSpan(cachedStarts[place], candidateCount));
    }

    private bool TryCache(int place)
    {
        var end = cachedCount + (long)candidateCount;
        if (end > MaxCachedValues)
            return false;
        if (end > cachedRows.Length)
            Array.Resize(ref cachedRows, (int)Math.Min(MaxCachedValues, Math.Max(end, 2L * cachedRows.Length)));
        var row = cachedRows.AsSpan(cachedCount, candidateCount);
        row.Clear();
        Scatter(candidates[place], 1, row);
        cachedStarts[place] = cachedCount;
        cachedCount = (int)end;
        return true;
    }

    private void Scatter(int item, float scale, Span<float> target)
    {
        var columns = gram.RowColumns(item);
        var values = gram.RowValues(item);
        for (var entry = 0; entry < columns.Length; entry++)
        {
            if (places[columns[entry]] is >= 0 and var place)
                target[place] += scale * values[entry];
        }
    }

    private static float[] DiagonalOf(SparseMatrix gram)
    {
        var values = new float[gram.RowCount];
        for (var row = 0; row < values.Length; row++)
            values[row] = gram.RowColumns(row).BinarySearch(row) is >= 0 and var place ? gram.RowValues(row)[place] : 0;
        return values;
    }
}
