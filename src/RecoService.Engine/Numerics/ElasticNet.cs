using RecoService.Engine.Data;

namespace RecoService.Engine.Numerics;

/// <summary>Regresses one column of X on all others by <see cref="CoordinateDescent"/>. Reusable, not thread-safe.</summary>
/// <param name="gram">X^T X, n x n, with a diagonal above 0.</param>
/// <param name="l1">Weight of the absolute values, at least 0.</param>
/// <param name="l2">Weight of half the squares, at least 0.</param>
/// <param name="positiveOnly">Admits no weight below 0; X must hold none either.</param>
/// <param name="epochs">The most passes over the weights.</param>
/// <param name="tolerance">Ends when no weight changes by more than this part of the largest.</param>
internal sealed class ElasticNet(SparseMatrix gram, float l1, float l2, bool positiveOnly, int epochs, float tolerance) : ICandidateRows
{
    private const int MaxCachedValues = 32 << 20;

    private readonly CoordinateDescent descent = new(l1, l2, positiveOnly, epochs, tolerance);
    private readonly float[] diagonal = DiagonalOf(gram);
    private readonly int[] positions = PositionsOf(gram.RowCount);
    private readonly int[] candidates = new int[gram.RowCount];
    private readonly float[] weights = new float[gram.RowCount];

    /// <summary>x_k . (x_j - X w) for every candidate k.</summary>
    private readonly float[] gradients = new float[gram.RowCount];

    /// <summary>Where the row of X^T X over the candidates begins in <see cref="cachedRows"/>; -1 where it was not needed yet.</summary>
    private readonly int[] cachedStarts = new int[gram.RowCount];
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
        descent.Minimize(this, weights.AsSpan(0, candidateCount), gradients.AsSpan(0, candidateCount));
    }

    float ICandidateRows.SquareOf(int position) => diagonal[candidates[position]];

    /// <summary>A row once used is used in every pass, so it is kept as a dense one over the candidates.</summary>
    void ICandidateRows.AddRow(int position, float scale, Span<float> sums)
    {
        if (cachedStarts[position] < 0 && !TryCache(position))
            Scatter(candidates[position], scale, sums);
        else
            VectorMath.AddScaled(sums, scale, cachedRows.AsSpan(cachedStarts[position], candidateCount));
    }

    private void FindCandidates(int target)
    {
        foreach (var candidate in Candidates)
            positions[candidate] = -1;
        candidateCount = 0;
        if (!descent.PositiveOnly)
        {
            for (var item = 0; item < gram.RowCount; item++)
                AddCandidate(item, target);
            return;
        }

        // Positive weights on positive columns only lower the gradients, so what starts below the threshold stays 0.
        var columns = gram.RowColumns(target);
        var values = gram.RowValues(target);
        for (var position = 0; position < columns.Length; position++)
        {
            if (values[position] > descent.L1)
                AddCandidate(columns[position], target);
        }
    }

    private void AddCandidate(int item, int target)
    {
        if (item != target)
            candidates[candidateCount++] = item;
    }

    private void Start(int target)
    {
        for (var position = 0; position < candidateCount; position++)
            positions[candidates[position]] = position;
        gradients.AsSpan(0, candidateCount).Clear();
        cachedStarts.AsSpan(0, candidateCount).Fill(-1);
        cachedCount = 0;
        Scatter(target, 1, gradients);
    }

    private bool TryCache(int position)
    {
        var end = cachedCount + (long)candidateCount;
        if (end > MaxCachedValues)
            return false;
        if (end > cachedRows.Length)
            Array.Resize(ref cachedRows, (int)Math.Min(MaxCachedValues, Math.Max(end, 2L * cachedRows.Length)));
        var row = cachedRows.AsSpan(cachedCount, candidateCount);
        row.Clear();
        Scatter(candidates[position], 1, row);
        cachedStarts[position] = cachedCount;
        cachedCount = (int)end;
        return true;
    }

    private void Scatter(int item, float scale, Span<float> target)
    {
        var columns = gram.RowColumns(item);
        var values = gram.RowValues(item);
        for (var entry = 0; entry < columns.Length; entry++)
        {
            if (positions[columns[entry]] is >= 0 and var position)
                target[position] += scale * values[entry];
        }
    }

    private static int[] PositionsOf(int count)
    {
        var none = new int[count];
        Array.Fill(none, -1);
        return none;
    }

    private static float[] DiagonalOf(SparseMatrix gram)
    {
        var values = new float[gram.RowCount];
        for (var row = 0; row < values.Length; row++)
            values[row] = gram.RowColumns(row).BinarySearch(row) is >= 0 and var position ? gram.RowValues(row)[position] : 0;
        return values;
    }
}
