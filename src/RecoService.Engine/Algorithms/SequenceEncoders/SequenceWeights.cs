using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>The weights of a network, taken one layer after the other.</summary>
internal ref struct SequenceWeights(ReadOnlySpan<float> weights)
{
    private ReadOnlySpan<float> left = weights;

    /// <summary>The next so many.</summary>
    public ReadOnlySpan<float> Take(int count)
    {
        var taken = left[..count];
        left = left[count..];
        return taken;
    }

    /// <summary>A matrix, outputs x inputs, and a bias per output.</summary>
    public DenseLayer TakeDense(int inputs, int outputs) => new(Take(outputs * inputs), Take(outputs));

    /// <summary>A gain and a bias per value.</summary>
    public Normalization TakeNormalization(int values) => new(Take(values), Take(values));

    /// <exception cref="ArgumentException">There are more or fewer than that, or some are not finite.</exception>
    public static void RequireFit(ReadOnlySpan<float> weights, int count)
    {
        if (weights.Length != count)
            throw new ArgumentException($"The network has {weights.Length} weights, and {count} belong there.");
        if (!VectorMath.AllFinite(weights))
            throw new ArgumentException("Some weights of the network are not finite.");
    }
}

/// <summary>output = matrix . input + bias.</summary>
internal readonly ref struct DenseLayer(ReadOnlySpan<float> matrix, ReadOnlySpan<float> bias)
{
    private readonly ReadOnlySpan<float> matrix = matrix;
    private readonly ReadOnlySpan<float> bias = bias;

    public void Apply(ReadOnlySpan<float> input, Span<float> output) => NetworkKernels.Affine(matrix, bias, input, output);
}

/// <inheritdoc cref="NetworkKernels.Normalize"/>
internal readonly ref struct Normalization(ReadOnlySpan<float> gain, ReadOnlySpan<float> bias)
{
    /// <summary>Added to the variance.</summary>
    private const float Epsilon = 1e-6f;

    private readonly ReadOnlySpan<float> gain = gain;
    private readonly ReadOnlySpan<float> bias = bias;

    public void Apply(Span<float> values) => NetworkKernels.Normalize(values, gain, bias, Epsilon);
}
