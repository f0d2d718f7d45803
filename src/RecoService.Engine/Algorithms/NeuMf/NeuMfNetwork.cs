using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.NeuMf;

/// <summary>
/// What users and items share: score = h . (p * q) + g . relu(V relu(W [p'; q'] + b) + c) + e. He, Liao, Zhang, Nie, Hu, Chua, "Neural Collaborative Filtering", WWW 2017.
/// A row of a user or an item is p and p', d values each. Immutable.
/// </summary>
internal sealed class NeuMfNetwork
{
    private const int MaxFactors = 4096;

    private readonly int d;
    private readonly float[] weights;

    /// <param name="factors">d, even.</param>
    /// <param name="weights">W, d x 2d, and b; V, d/2 x d, and c; h, d, and g, d/2; e. Row-major, a row per output.</param>
    /// <exception cref="ArgumentException">They do not fit each other, or are not finite.</exception>
    public NeuMfNetwork(int factors, float[] weights)
    {
        if (factors is < 2 or > MaxFactors || factors % 2 != 0)
            throw new ArgumentException($"There are {factors} factors, and an even number of 2 to {MaxFactors} is possible.");
        (d, this.weights) = (factors, weights);
        var expected = checked((d * ((2 * d) + 1)) + (Half * (d + 1)) + d + Half + 1);
        if (weights.Length != expected)
            throw new ArgumentException($"The network has {weights.Length} weights, and {expected} belong there.");
        if (!VectorMath.AllFinite(weights))
            throw new ArgumentException("Some weights of the network are not finite.");
        OfUser = new float[d * d];
        OfItem = new float[d * d];
        for (var row = 0; row < d; row++)
        {
            weights.AsSpan(row * 2 * d, d).CopyTo(OfUser.AsSpan(row * d));
            weights.AsSpan((row * 2 * d) + d, d).CopyTo(OfItem.AsSpan(row * d));
        }
    }

    public int Factors => d;

    public int Half => d / 2;

    public float[] Weights => weights;

    /// <summary>The part of W that meets users, d x d.</summary>
    private float[] OfUser { get; }

    /// <summary>The part of W that meets items, d x d.</summary>
    private float[] OfItem { get; }

    private ReadOnlySpan<float> FirstBias => weights.AsSpan(2 * d * d, d);

    private ReadOnlySpan<float> Second => weights.AsSpan((2 * d * d) + d, Half * d);

    private ReadOnlySpan<float> SecondBias => weights.AsSpan((2 * d * d) + d + (Half * d), Half);

    private ReadOnlySpan<float> Last => weights.AsSpan(weights.Length - 1 - Half - d, d + Half);

    /// <summary>What an item adds to the first layer, d.</summary>
    public void OfItemRow(ReadOnlySpan<float> row, Span<float> hidden) => RowKernels.Dots(OfItem, row[d..], hidden);

    /// <summary>What all items of a user share.</summary>
    /// <param name="row">2d.</param>
    /// <param name="scaled">d: h * p.</param>
    /// <param name="hidden">d: what the user adds to the first layer, with the bias.</param>
    public void OfUserRow(ReadOnlySpan<float> row, Span<float> scaled, Span<float> hidden)
    {
        NetworkKernels.Affine(OfUser, FirstBias, row[d..], hidden);
        NetworkKernels.Multiply(row[..d], Last[..d], scaled);
    }

    /// <param name="scaled">Of <see cref="OfUserRow"/>.</param>
    /// <param name="ofUser">Of <see cref="OfUserRow"/>.</param>
    /// <param name="itemRow">2d.</param>
    /// <param name="ofItem">Of <see cref="OfItemRow"/>.</param>
    /// <param name="room">d + d/2 values.</param>
    public float Score(ReadOnlySpan<float> scaled, ReadOnlySpan<float> ofUser, ReadOnlySpan<float> itemRow, ReadOnlySpan<float> ofItem, Span<float> room)
    {
        var first = room[..d];
        var second = room.Slice(d, Half);
        ofUser.CopyTo(first);
        NetworkKernels.Add(first, ofItem);
        NetworkKernels.Rectify(first);
        NetworkKernels.Affine(Second, SecondBias, first, second);
        NetworkKernels.Rectify(second);
        return VectorMath.Dot(scaled, itemRow[..d]) + VectorMath.Dot(Last[d..], second) + weights[^1];
    }
}
