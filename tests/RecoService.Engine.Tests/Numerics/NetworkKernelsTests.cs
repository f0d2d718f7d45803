using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

/// <summary>Each layer against a loop in double precision, at lengths around the widths of vectors, and against numbers by hand.</summary>
public sealed class NetworkKernelsTests
{
    public static TheoryData<int> Lengths => [1, 2, 7, 8, 9, 15, 16, 17, 64, 100];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Affine_AnyLength_IsTheLoop(int inputs)
    {
        const int Outputs = 11;
        var (matrix, bias, input, output) = (Datasets.Floats(Outputs * inputs, 1), Datasets.Floats(Outputs, 2), Datasets.Floats(inputs, 3), new float[Outputs]);

        NetworkKernels.Affine(matrix, bias, input, output);

        for (var row = 0; row < Outputs; row++)
        {
            var sum = (double)bias[row];
            for (var column = 0; column < inputs; column++)
                sum += (double)matrix[(row * inputs) + column] * input[column];
            Assert.Equal(sum, output[row], 1e-5);
        }
    }

    /// <summary>Of 1 and 3 the mean is 2 and the variance 1: -1 and 1, times 2 and 4, plus 10 and 20.</summary>
    [Fact]
    public void Normalize_TwoValues_IsAsByHand()
    {
        float[] values = [1, 3];

        NetworkKernels.Normalize(values, gain: [2, 4], bias: [10, 20], epsilon: 0);

        Assert.Equal([8f, 24f], values);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Normalize_AnyLength_IsTheLoop(int length)
    {
        var (values, gain, bias) = (Datasets.Floats(length, 4), Datasets.Floats(length, 5), Datasets.Floats(length, 6));
        var mean = values.Average(value => (double)value);
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-6);
        var expected = values.Select((value, position) => ((value - mean) / deviation * gain[position]) + bias[position]).ToArray();

        NetworkKernels.Normalize(values, gain, bias, 1e-6f);

        for (var position = 0; position < length; position++)
            Assert.Equal(expected[position], values[position], 1e-4);
    }

    [Fact]
    public void Normalize_AllTheSame_IsTheBias()
    {
        float[] values = [5, 5, 5];

        NetworkKernels.Normalize(values, [1, 1, 1], [1, 2, 3], 1e-6f);

        Assert.Equal([1f, 2f, 3f], values);
    }

    /// <summary>e^0 : e^ln 3 is 1 : 3.</summary>
    [Fact]
    public void SoftMax_TwoValues_IsAsByHand()
    {
        float[] values = [0, MathF.Log(3)];

        NetworkKernels.SoftMax(values);

        Assert.Equal(0.25, values[0], 1e-6);
        Assert.Equal(0.75, values[1], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void SoftMax_LargeValues_SumToOne(int length)
    {
        var values = Array.ConvertAll(Datasets.Floats(length, 7), value => 500 * value);
        var largest = Array.IndexOf(values, values.Max());

        NetworkKernels.SoftMax(values);

        Assert.Equal(1, values.Sum(), 1e-5);
        Assert.Equal(values.Max(), values[largest]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void RectifyAndAdd_AnyLength_AreTheLoop(int length)
    {
        var (values, others) = (Datasets.Floats(length, 8), Datasets.Floats(length, 9));
        var expected = values.Select((value, position) => Math.Max(0, value + others[position])).ToArray();

        NetworkKernels.Add(values, others);
        NetworkKernels.Rectify(values);

        Assert.Equal(expected, values);
    }

    /// <summary>Gates of 0 are 1/2: with the candidate tanh(0.5 + 1/2 * 1) = tanh 1 and the state 2, the new state is tanh 1 / 2 + 1.</summary>
    [Fact]
    public void GateState_OneValue_IsAsByHand()
    {
        float[] state = [2];

        NetworkKernels.GateState([0, 0, 0.5f], [0, 0, 1], state);

        Assert.Equal(1 + (Math.Tanh(1) / 2), state[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void GateState_AnyLength_IsTheLoop(int h)
    {
        var (input, memory, state) = (Datasets.Floats(3 * h, 10), Datasets.Floats(3 * h, 11), Datasets.Floats(h, 12));
        var expected = new double[h];
        for (var unit = 0; unit < h; unit++)
        {
            var reset = Sigmoid(input[unit] + (double)memory[unit]);
            var update = Sigmoid(input[h + unit] + (double)memory[h + unit]);
            var candidate = Math.Tanh(input[(2 * h) + unit] + (reset * memory[(2 * h) + unit]));
            expected[unit] = ((1 - update) * candidate) + (update * state[unit]);
        }

        NetworkKernels.GateState(input, memory, state);

        for (var unit = 0; unit < h; unit++)
            Assert.Equal(expected[unit], state[unit], 1e-5);

        static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
    }
}
