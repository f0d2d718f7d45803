using System.Runtime.CompilerServices;

namespace RecoService.Engine.Numerics;

/// <summary>A user of a <see cref="RetrievalPass"/>: how far their scores can be above what the levels say, and how far an item must reach.</summary>
internal struct PassUser
{
    /// <summary>Several times what a sum in single precision can be wrong by, relative to what is summed.</summary>
    private const float Rounding = 1f / (1 << 21);

    /// <summary>As much again where what is summed is too small for single precision.</summary>
    private const float Smallest = 1e-37f;

    private readonly float errorWeight;
    private readonly float normWeight;
    private readonly float slack;
    private readonly float length;

    /// <param name="quantization">Of their factors.</param>
    /// <param name="items">What is searched.</param>
    /// <param name="offset">Added to every score.</param>
    /// <param name="position">Which of the bit sets and lists are theirs.</param>
    public PassUser(in Quantization quantization, QuantizedFactors items, float offset, int position)
    {
        Place = position;
        var rounding = Rounding * (items.Factors + 8);
        Scale = quantization.Scale;
        errorWeight = Scale * quantization.LevelNorm;
        normWeight = Scale * (quantization.ErrorNorm + (rounding * quantization.Norm));
        slack = Smallest + (4 * Rounding * (Math.Abs(offset) + items.LargestBias));
        length = (1 + rounding) * float.Hypot(quantization.Length, items.HasBiases ? 1 : 0);
        Offset = offset;
        Top = offset + slack;
    }

    public int Place { get; }

    /// <summary>Of their levels.</summary>
    public float Scale { get; }

    /// <summary>Added to every score.</summary>
    public float Offset { get; }

    /// <summary>The offset, and what rounding may add to it.</summary>
    public float Top { get; }

    /// <summary>What a dot product with the stored bytes begins with, because they are 128 too high.</summary>
    public int Start { get; init; }

    /// <summary>An item whose upper bound is below it is not among the best.</summary>
    public float Limit { get; set; }

    /// <summary>How many survivors there are.</summary>
    public int Count { get; set; }

    /// <summary>Whether an item of this length, or a longer one, can reach the limit: score - offset = [user, 1] . [item, bias], by the inequality of Cauchy and Schwarz.</summary>
    public readonly bool CanReach(float itemLength) => !(Top + (length * (itemLength + Smallest)) < Limit);

    /// <summary>How far a score can be from what the levels say, as a multiple of the item's scale.</summary>
    public readonly float BoundOf(QuantizedFactors items, int block) => (errorWeight * items.ErrorNorms[block]) + (normWeight * items.Norms[block]);

    /// <summary>The least and the most that an item's exact score can be.</summary>
    public readonly (float Lower, float Upper) RangeOf(QuantizedFactors items, int row, int dot, float blockBound)
    {
        var scale = items.Scales[row];
        var bound = scale * blockBound;
        var middle = (scale * (Scale * dot)) + Offset + (items.HasBiases ? items.Biases[row] : 0);
        return (middle - bound - slack, middle + bound + slack);
    }
}

/// <summary>The users who are served at once.</summary>
[InlineArray(Length)]
internal struct PassUsers
{
    /// <summary>So many that reading the items costs little beside multiplying them.</summary>
    public const int Length = 8;

    private PassUser first;
}
