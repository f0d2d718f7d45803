using System.Buffers;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>
/// The encoder of GRU4Rec: a gated recurrent unit over the item rows, and a dense layer that makes a row of its last state.
/// Hidasi, Karatzoglou, Baltrunas, Tikk, "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016.
/// </summary>
internal sealed class RecurrentNetwork : ISequenceNetwork
{
    private const int Limit = 4096;

    private readonly int hidden;
    private readonly float[] weights;

    /// <param name="factors">d: the length of an item's row.</param>
    /// <param name="maxLength">How many of the newest items are read.</param>
    /// <param name="hidden">h: the length of the state.</param>
    /// <param name="weights">
    /// Three dense layers, each a matrix with a row per output, row-major, and its bias: from the item to reset, update and candidate, 3h x d; from the state to the same, 3h x h; from the state
    /// to the vector, d x h.
    /// </param>
    /// <exception cref="ArgumentException">The sizes are impossible, or the weights do not fit them or are not finite.</exception>
    public RecurrentNetwork(int factors, int maxLength, int hidden, float[] weights)
    {
        foreach (var size in (ReadOnlySpan<int>)[factors, maxLength, hidden])
        {
            if (size is < 1 or > Limit)
                throw new ArgumentException($"A size of the recurrent network is {size}, and 1 to {Limit} is possible.");
        }

        SequenceWeights.RequireFit(weights, checked((3 * hidden * (factors + hidden + 2)) + (factors * (hidden + 1))));
        (Factors, MaxLength, this.hidden, this.weights) = (factors, maxLength, hidden, weights);
    }

    public static StoredFormat StoredAs { get; } = new StoredFormat<RecurrentNetwork>("recurrent-network", 1, Read);

    StoredFormat IStored.Format => StoredAs;

    public int Factors { get; }

    public int MaxLength { get; }

    public void Encode(ReadOnlySpan<int> items, FactorMatrix itemFactors, Span<float> vector)
    {
        var layers = new SequenceWeights(weights);
        var fromItem = layers.TakeDense(Factors, 3 * hidden);
        var fromState = layers.TakeDense(hidden, 3 * hidden);
        var toVector = layers.TakeDense(hidden, Factors);

        var rented = ArrayPool<float>.Shared.Rent(7 * hidden);
        var ofItem = rented.AsSpan(0, 3 * hidden);
        var ofState = rented.AsSpan(3 * hidden, 3 * hidden);
        var state = rented.AsSpan(6 * hidden, hidden);
        state.Clear();
        foreach (var item in items)
        {
            fromItem.Apply(itemFactors[item], ofItem);
            fromState.Apply(state, ofState);
            NetworkKernels.GateState(ofItem, ofState, state);
        }

        toVector.Apply(state, vector);
        ArrayPool<float>.Shared.Return(rented);
    }

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteInts([Factors, MaxLength, hidden]);
        writer.WriteVector(weights);
    }

    private static Func<RecurrentNetwork> Read(ModelReader reader)
    {
        var sizes = reader.ReadInts(3);
        var values = reader.ReadVector();
        return () => new RecurrentNetwork(sizes[0], sizes[1], sizes[2], values);
    }
}
