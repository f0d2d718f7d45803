using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>
/// An 8-bit copy of item factors beside the exact ones, a quarter of their size: what <see cref="RetrievalPass"/> reads to find the few items whose exact
/// scores it must know. A scale per row (<see cref="Quantization"/>), rows in blocks as <see cref="PackedDots"/> wants them.
/// </summary>
internal sealed class QuantizedFactors
{
    private readonly FactorMatrix factors;
    private readonly float[] biases;
    private readonly AlignedFloats packed;
    private readonly AlignedFloats scales;
    private readonly AlignedFloats paddedBiases;
    private readonly ulong[] known;
    private readonly float[] errorNorms;
    private readonly float[] norms;

    /// <param name="factors">Items x f; not copied.</param>
    /// <param name="biases">One per item, or empty for none; not copied.</param>
    public QuantizedFactors(FactorMatrix factors, float[] biases)
    {
        this.factors = factors;
        this.biases = biases;
        Groups = (factors.Factors + PackedDots.Group - 1) / PackedDots.Group;
        known = new ulong[Bits.WordsFor(factors.RowCount)];
        errorNorms = new float[known.Length];
        norms = new float[known.Length];
        packed = new AlignedFloats(checked(known.Length * Groups * PackedDots.Rows));
        scales = new AlignedFloats(known.Length * PackedDots.Rows);
        paddedBiases = new AlignedFloats(biases.Length == 0 ? 0 : scales.Length);
        biases.CopyTo(paddedBiases.Span);
        LargestBias = biases.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitudeNumber<float>(biases));
        Pack();
    }

    public int ItemCount => factors.RowCount;

    public int Factors => factors.Factors;

    /// <summary>Groups of four factors; the last one is padded with zeros.</summary>
    public int Groups { get; }

    /// <summary>Of 64 items; the last one is padded with unknown items.</summary>
    public int BlockCount => known.Length;

    /// <summary>The largest magnitude of a bias, 0 where there are none.</summary>
    public float LargestBias { get; }

    /// <summary>One per item, blocks x 64.</summary>
    public ReadOnlySpan<float> Scales => scales.Span;

    /// <summary>One per item, blocks x 64, or empty.</summary>
    public ReadOnlySpan<float> Biases => paddedBiases.Span;

    /// <summary>A bit per item, set = neither its factors nor its bias are NaN.</summary>
    public ReadOnlySpan<ulong> Known => known;

    /// <summary>One per block: the largest <see cref="Quantization.ErrorNorm"/> of its rows.</summary>
    public ReadOnlySpan<float> ErrorNorms => errorNorms;

    /// <summary>One per block: the largest <see cref="Quantization.Norm"/> of its rows.</summary>
    public ReadOnlySpan<float> Norms => norms;

    /// <summary>groups x 64 x 4 bytes.</summary>
    public ReadOnlySpan<byte> Block(int block)
    {
        var length = Groups * PackedDots.Rows;
        return MemoryMarshal.AsBytes(packed.Span.Slice(block * length, length));
    }

    /// <summary>offset + bias + user . item, from the exact factors.</summary>
    public float ScoreOf(ReadOnlySpan<float> user, float offset, int item) =>
        offset + (biases.Length == 0 ? 0 : biases[item]) + VectorMath.Dot(user, factors[item]);

    private void Pack()
    {
        var levels = new float[Groups * PackedDots.Group];
        var workspace = new float[factors.Factors];
        var bytes = MemoryMarshal.AsBytes(packed.Span);
        for (var item = 0; item < factors.RowCount; item++)
        {
            var quantization = Quantization.Of(factors[item], levels, workspace);
            if (float.IsNaN(quantization.Scale) || (biases.Length > 0 && float.IsNaN(biases[item])))
                continue;
            var block = item / PackedDots.Rows;
            Bits.Set(known, item);
            scales.Span[item] = quantization.Scale;
            errorNorms[block] = Math.Max(errorNorms[block], quantization.ErrorNorm);
            norms[block] = Math.Max(norms[block], quantization.Norm);
            var start = ((block * Groups * PackedDots.Rows) + (item % PackedDots.Rows)) * PackedDots.Group;
            for (var factor = 0; factor < levels.Length; factor++)
                bytes[start + (factor / PackedDots.Group * PackedDots.Rows * PackedDots.Group) + (factor % PackedDots.Group)] = (byte)((int)levels[factor] + 128);
        }
    }
}
