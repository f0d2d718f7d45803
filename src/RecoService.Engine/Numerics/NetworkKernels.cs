using System.Numerics.Tensors;

namespace RecoService.Engine.Numerics;

/// <summary>The layers of small neural networks over one vector at a time.</summary>
internal static class NetworkKernels
{
    /// <summary>output = matrix . input + bias.</summary>
    /// <param name="matrix">outputs x inputs, row-major.</param>
    /// <param name="bias">outputs.</param>
    /// <param name="input">inputs.</param>
    /// <param name="output">outputs; replaced.</param>
    public static void Affine(ReadOnlySpan<float> matrix, ReadOnlySpan<float> bias, ReadOnlySpan<float> input, Span<float> output)
    {
        RowKernels.Dots(matrix, input, output);
        TensorPrimitives.Add(output, bias, output);
    }

    /// <summary>Mean 0 and variance 1, then scaled and moved. Ba, Kiros, Hinton, "Layer Normalization", arXiv 1607.06450, 2016.</summary>
    /// <param name="values">At least one; replaced.</param>
    /// <param name="gain">One per value.</param>
    /// <param name="bias">One per value.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static void Normalize(Span<float> values, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, float epsilon)
    {
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum<float>(values) / values.Length, values);
        var variance = TensorPrimitives.SumOfSquares<float>(values) / values.Length;
        TensorPrimitives.Multiply(values, 1 / MathF.Sqrt(variance + epsilon), values);
        TensorPrimitives.MultiplyAdd(values, gain, bias, values);
    }

    /// <summary>target += source.</summary>
    public static void Add(Span<float> target, ReadOnlySpan<float> source) => TensorPrimitives.Add(target, source, target);

    /// <summary>product[i] = left[i] * right[i].</summary>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> product) => TensorPrimitives.Multiply(left, right, product);

    /// <summary>values[i] = max(0, values[i]).</summary>
    public static void Rectify(Span<float> values) => TensorPrimitives.Max(values, 0f, values);

    /// <summary>Positive, with the sum 1.</summary>
    /// <param name="values">At least one; replaced.</param>
    public static void SoftMax(Span<float> values)
    {
        // The largest is taken off first, or large scores would overflow.
        TensorPrimitives.Subtract(values, TensorPrimitives.Max<float>(values), values);
        TensorPrimitives.SoftMax(values, values);
    }

    /// <summary>
    /// One step of a gated recurrent unit: r = s(i_r + h_r), z = s(i_z + h_z), n = tanh(i_n + r h_n), state = (1 - z) n + z state, where s is the sigmoid.
    /// Cho et al., EMNLP 2014, with the reset behind the product, as cuDNN has it.
    /// </summary>
    /// <param name="fromInput">i_r, i_z and i_n one behind the other, 3 x h; overwritten.</param>
    /// <param name="fromState">h_r, h_z and h_n, 3 x h; overwritten.</param>
    /// <param name="state">h; replaced.</param>
    public static void GateState(Span<float> fromInput, Span<float> fromState, Span<float> state)
    {
        var h = state.Length;
        var gates = fromInput[..(2 * h)];
        TensorPrimitives.Add(gates, fromState[..(2 * h)], gates);
        TensorPrimitives.Sigmoid<float>(gates, gates);
        var reset = gates[..h];
        var update = gates[h..];
        var candidate = fromInput.Slice(2 * h, h);
        var memory = fromState.Slice(2 * h, h);
        TensorPrimitives.MultiplyAdd(memory, reset, candidate, candidate);
        TensorPrimitives.Tanh<float>(candidate, candidate);
        TensorPrimitives.Subtract(state, candidate, state);
        TensorPrimitives.MultiplyAdd(state, update, candidate, state);
    }
}
