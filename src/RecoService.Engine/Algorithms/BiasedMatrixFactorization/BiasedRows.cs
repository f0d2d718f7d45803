using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>The factors and the bias of every row of one side while they are trained, at the places that <see cref="RowGroups"/> gives.</summary>
internal sealed class BiasedRows
{
    private const float InitialScale = 0.1f;

    private readonly RowGroups groups;
    private readonly int factors;
    private readonly int stride;
    private readonly AlignedFloats values;
    private readonly float[] biases;

    /// <param name="groups">The rows.</param>
    /// <param name="factors">Numbers per row.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="firstStream">The random stream of row 0; every row has its own.</param>
    public BiasedRows(RowGroups groups, int factors, int seed, long firstStream)
    {
        this.groups = groups;
        this.factors = factors;
        stride = AlignedFloats.RoundedUp(factors);
        values = new AlignedFloats(checked(groups.Places.Length * stride));
        biases = new float[groups.Places.Length];
        for (var row = 0; row < groups.Places.Length; row++)
        {
            var random = new SeededRandom(seed, firstStream + row);
            foreach (ref var value in Row(groups.Places[row])[..factors])
                value = random.NextGaussian() * InitialScale;
        }
    }

    /// <summary>The factors at a place, and zeros up to a whole cache line, which stay zero.</summary>
    public Span<float> Row(int position) => values.Span.Slice(position * stride, stride);

    public ref float Bias(int position) => ref biases[position];

    public bool AreFinite => VectorMath.AllFinite(values.Span) && VectorMath.AllFinite(biases);

    /// <summary>Row by row; NaN for a row without ratings.</summary>
    public FactorMatrix ToFactors()
    {
        var matrix = new FactorMatrix(groups.Places.Length, factors);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (groups.Lengths[row] > 0)
                Row(groups.Places[row])[..factors].CopyTo(matrix.Row(row));
            else
                matrix.Row(row).Fill(float.NaN);
        }

        return matrix;
    }

    /// <summary>Row by row; NaN for a row without ratings.</summary>
    public float[] ToBiases()
    {
        var result = new float[biases.Length];
        for (var row = 0; row < result.Length; row++)
            result[row] = groups.Lengths[row] > 0 ? biases[groups.Places[row]] : float.NaN;
        return result;
    }
}
