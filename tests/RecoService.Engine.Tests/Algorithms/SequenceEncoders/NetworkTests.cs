using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.SequenceEncoders;

/// <summary>The two networks with weights that a person can follow; libtorch's own outputs are held against them where it is.</summary>
public sealed class NetworkTests
{
    private static readonly FactorMatrix Items = new(3, 2, [1, -1, -1, 1, 3, 5]);

    /// <summary>
    /// Two factors are normalized to 1 and -1 by whatever differs. Without attention and feed-forward each block leaves that as it is, and of (1, -1) + place (0, 4), which is (1, 3), it is (-1, 1).
    /// </summary>
    [Fact]
    public void Transformer_PlacesAlone_AreAddedAndNormalized()
    {
        var network = new TransformerNetwork(OneBlock, Weights(places: [0, 0, 0, 4]));

        Assert.Equal([1, -1], VectorOf(network, [0]), new Near());
        Assert.Equal([-1, 1], VectorOf(network, [1, 0]), new Near());
    }

    /// <summary>
    /// Values are the rows, the output is 3 times what attention mixes, and all keys are 0: of the rows (-1, 1) and (1, -1) the mean is 0, so the last stays (1, -1). With (-1, 1) three times the
    /// mixture is (-1/2, 1/2), which times 3 makes (-1/2, 1/2) of (1, -1), and normalized (-1, 1).
    /// </summary>
    [Fact]
    public void Transformer_Attention_MixesTheRowsBefore()
    {
        var shape = OneBlock with { MaxLength = 4 };
        var network = new TransformerNetwork(shape, Weights(places: new float[8], value: [1, 0, 0, 1], output: [3, 0, 0, 3]));

        Assert.Equal([1, -1], VectorOf(network, [1, 0]), new Near());
        Assert.Equal([-1, 1], VectorOf(network, [1, 1, 1, 0]), new Near());
    }

    /// <summary>The widening finds 1 in (1, -1) and nothing, because of the rectifier, in (-1, 1); the narrowing moves the first by (-4, 0): (-3, -1), which is (-1, 1) normalized.</summary>
    [Fact]
    public void Transformer_FeedForward_IsRectified()
    {
        var network = new TransformerNetwork(OneBlock, Weights(places: new float[4], widen: [1, 0], narrow: [-4, 0]));

        Assert.Equal([-1, 1], VectorOf(network, [0]), new Near());
        Assert.Equal([-1, 1], VectorOf(network, [1]), new Near());
    }

    /// <summary>
    /// One state. With all gates at 1/2 and the candidate tanh(x_0): after (1, -1) the state is tanh(1) / 2; after (-1, 1) as well, -tanh(1) / 2 + tanh(1) / 4. The vector is that times (2, 0) plus (0, 7).
    /// </summary>
    [Fact]
    public void RecurrentNetwork_TwoItems_IsAsByHand()
    {
        float[] weights =
        [
            0, 0, 0, 0, 1, 0, 0, 0, 0, // From the item: reset, update, candidate; biases.
            0, 0, 0, 0, 0, 0, // From the state.
            2, 0, 0, 7,
        ];
        var network = new RecurrentNetwork(factors: 2, maxLength: 5, hidden: 1, weights);

        Assert.Equal([MathF.Tanh(1), 7], VectorOf(network, [0]), new Near());
        Assert.Equal([-MathF.Tanh(1) / 2, 7], VectorOf(network, [0, 1]), new Near());
    }

    [Fact]
    public void Encode_TheSameAgain_GivesTheSameBits()
    {
        var shape = new TransformerShape(64, 20, 2, 2, 128);
        var network = new TransformerNetwork(shape, Datasets.Floats(shape.WeightCount, 3));
        var items = new FactorMatrix(30, 64, Datasets.Floats(30 * 64, 4));
        var (first, second) = (new float[64], new float[64]);

        network.Encode([1, 2, 3, 29], items, first);
        network.Encode([1, 2, 3, 29], items, second);

        Assert.Equal(first, second);
        Assert.All(first, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Encode_Warm_AllocatesNothing()
    {
        var shape = new TransformerShape(16, 20, 2, 2, 32);
        var network = new TransformerNetwork(shape, Datasets.Floats(shape.WeightCount, 3));
        var items = new FactorMatrix(30, 16, Datasets.Floats(30 * 16, 4));
        int[] history = [1, 2, 3];
        var vector = new float[16];
        for (var warming = 0; warming < 3; warming++)
            network.Encode(history, items, vector);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 10; time++)
            network.Encode(history, items, vector);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0, 1, 1, 1, 1)]
    [InlineData(4, 0, 1, 1, 1)]
    [InlineData(4, 1, 0, 1, 1)]
    [InlineData(4, 1, 1, 3, 1)]
    [InlineData(4, 1, 1, 1, 5000)]
    public void Transformer_ImpossibleSizes_AreRefused(int factors, int maxLength, int blocks, int heads, int inner) =>
        Assert.Throws<ArgumentException>(() => new TransformerNetwork(new TransformerShape(factors, maxLength, blocks, heads, inner), []));

    [Fact]
    public void Networks_WeightsThatDoNotFit_AreRefused()
    {
        var weights = Weights(places: new float[4]);

        Assert.Contains($"has {weights.Length - 1} weights, and {weights.Length} belong there", Assert.Throws<ArgumentException>(() => new TransformerNetwork(OneBlock, weights[1..])).Message, StringComparison.Ordinal);
        Assert.Contains("and 19 belong there", Assert.Throws<ArgumentException>(() => new RecurrentNetwork(2, 5, 1, [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RecurrentNetwork(2, 5, 0, []));
        weights[5] = float.NaN;
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => new TransformerNetwork(OneBlock, weights)).Message, StringComparison.Ordinal);
    }

    private static TransformerShape OneBlock => new(Factors: 2, MaxLength: 2, Blocks: 1, Heads: 1, Inner: 1);

    private static float[] Weights(float[] places, float[]? value = null, float[]? output = null, float[]? widen = null, float[]? narrow = null) =>
    [
        .. places, 1, 1, 0, 0,
        0, 0, 0, 0, 0, 0, // Queries.
        0, 0, 0, 0, 0, 0, // Keys.
        .. value ?? new float[4], 0, 0,
        .. output ?? new float[4], 0, 0,
        1, 1, 0, 0,
        .. widen ?? new float[2], 0,
        .. narrow ?? new float[2], 0, 0,
        1, 1, 0, 0,
    ];

    private static float[] VectorOf(ISequenceNetwork network, int[] items)
    {
        var vector = new float[2];
        network.Encode(items, Items, vector);
        return vector;
    }

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => MathF.Abs(x - y) < 1e-4f;

        public int GetHashCode(float obj) => 0;
    }
}
