using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>
/// An 8-bit copy of item factors beside the exact ones, a quarter of their size: what <see cref="RetrievalPass"/> reads to find the few items whose exact
/// scores it must know. A scale per row (<see cref="Quantization"/>), rows in blocks as <see cref="PackedDots"/> wants them. The rows stand in the order of
/// their length, the longest first, so that a pass can end where no row is long enough to be among the best any more; unknown items are left out.
/// Teflioudi, Gemulla, Mykytiuk, "LEMP: Fast Retrieval of Large Entries in a Matrix Product", SIGMOD 2015.
/// </summary>
internal sealed class QuantizedFactors
{
    private readonly FactorMatrix factors;
    private readonly float[] biases;
    private readonly int[] itemIndexes;
    private readonly AlignedFloats packed;
    private readonly AlignedFloats scales;
    private readonly AlignedFloats rowBiases;
    private readonly float[] errorNorms;
    private readonly float[] norms;
    private readonly float[] lengths;

    /// <param name="factors">Items x f; not copied.</param>
    /// <param name="biases">One per item, or empty for none; not copied.</param>
    public QuantizedFactors(FactorMatrix factors, float[] biases)
    {
        this.factors = factors;
        this.biases = biases;
        Groups = (factors.Factors + PackedDots.Group - 1) / PackedDots.Group;
        LargestBias = biases.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitudeNumber<float>(biases));
        (itemIndexes, var rowLengths) = OrderByLength();
        BlockCount = Bits.WordsFor(itemIndexes.Length);
        errorNorms = new float[BlockCount];
        norms = new float[BlockCount];
        lengths = new float[BlockCount];
        packed = new AlignedFloats(checked(BlockCount * Groups * PackedDots.Rows));
        scales = new AlignedFloats(BlockCount * PackedDots.Rows);
        rowBiases = new AlignedFloats(biases.Length == 0 ? 0 : scales.Length);
        for (var block = 0; block < BlockCount; block++)
            lengths[block] = rowLengths[block * PackedDots.Rows];
        Pack();
    }

    /// <summary>The items whose factors and bias are known; each is a row.</summary>
    public int RowCount => itemIndexes.Length;

    public int Factors => factors.Factors;

    /// <summary>Groups of four factors; the last one is padded with zeros.</summary>
    public int Groups { get; }

    /// <summary>Of 64 rows; the last one is padded.</summary>
    public int BlockCount { get; }

    public bool HasBiases => biases.Length > 0;

    /// <summary>The largest magnitude of a bias, 0 where there are none.</summary>
    public float LargestBias { get; }

    /// <summary>One per row: which item it is.</summary>
    public ReadOnlySpan<int> ItemIndexes => itemIndexes;

    /// <summary>One per row, blocks x 64.</summary>
    public ReadOnlySpan<float> Scales => scales.Span;

    /// <summary>One per row, blocks x 64, or empty.</summary>
    public ReadOnlySpan<float> Biases => rowBiases.Span;

    /// <summary>One per block: the largest <see cref="Quantization.ErrorNorm"/> of its rows.</summary>
    public ReadOnlySpan<float> ErrorNorms => errorNorms;

    /// <summary>One per block: the largest <see cref="Quantization.Norm"/> of its rows.</summary>
    public ReadOnlySpan<float> Norms => norms;

    /// <summary>One per block, falling: the Euclidean length of its longest row, with the bias as one more factor; no row from there on is longer.</summary>
    public ReadOnlySpan<float> Lengths => lengths;

    /// <summary>A bit per row of a block, set unless it is padding.</summary>
    public ulong RowsOf(int block) => ulong.MaxValue >> Math.Max(0, ((block + 1) * PackedDots.Rows) - RowCount);

    /// <summary>groups x 64 x 4 bytes.</summary>
    public ReadOnlySpan<byte> Block(int block)
    {
        var length = Groups * PackedDots.Rows;
        return MemoryMarshal.AsBytes(packed.Span.Slice(block * length, length));
    }

    /// <summary>offset + bias + user . item, from the exact factors.</summary>
    public float ScoreOf(ReadOnlySpan<float> user, float offset, int item) =>
        offset + (HasBiases ? biases[item] : 0) + VectorMath.Dot(user, factors[item]);

    private (int[] ItemIndexes, float[] Lengths) OrderByLength()
    {
        var levels = new float[factors.Factors];
        var workspace = new float[factors.Factors];
        var (items, falling) = (new List<int>(factors.RowCount), new List<float>(factors.RowCount));
        for (var item = 0; item < factors.RowCount; item++)
        {
            var quantization = Quantization.Of(factors[item], levels, workspace);
            if (float.IsNaN(quantization.Scale) || (HasBiases && float.IsNaN(biases[item])))
                continue;
            items.Add(item);
            falling.Add(-float.Hypot(quantization.Length, HasBiases ? biases[item] : 0));
        }

        CollectionsMarshal.AsSpan(falling).Sort(CollectionsMarshal.AsSpan(items));
        return ([.. items], [.. falling.Select(length => -length)]);
    }

    private void Pack()
    {
        var levels = new float[Groups * PackedDots.Group];
        var workspace = new float[factors.Factors];
        var bytes = MemoryMarshal.AsBytes(packed.Span);
        for (var row = 0; row < RowCount; row++)
        {
            var item = itemIndexes[row];
            var quantization = Quantization.Of(factors[item], levels, workspace);
            var block = row / PackedDots.Rows;
            scales.Span[row] = quantization.Scale;
            if (HasBiases)
                rowBiases.Span[row] = biases[item];
            errorNorms[block] = Math.Max(errorNorms[block], quantization.ErrorNorm);
            norms[block] = Math.Max(norms[block], quantization.Norm);
            var start = ((block * Groups * PackedDots.Rows) + (row % PackedDots.Rows)) * PackedDots.Group;
            for (var factor = 0; factor < levels.Length; factor++)
                bytes[start + (factor / PackedDots.Group * PackedDots.Rows * PackedDots.Group) + (factor % PackedDots.Group)] = (byte)((int)levels[factor] + 128);
        }
    }
}
