using System.Buffers;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>
/// The encoder of SASRec: item rows plus places, normalized; then blocks of causal attention and a rectified feed-forward layer, each added to its input and normalized.
/// Kang, McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018. The vector is that of the last place.
/// </summary>
internal sealed class TransformerNetwork : ISequenceNetwork
{
    private readonly TransformerShape shape;
    private readonly float[] weights;

    /// <param name="shape">The sizes.</param>
    /// <param name="weights">
    /// Places, MaxLength x d; gain and bias of the first normalization, d each. Then per block: matrix, d x d, and bias, d, of the queries, the keys, the values and the output; gain and bias
    /// of the normalization; matrix and bias of the widening, m x d and m, and of the narrowing, d x m and d; gain and bias of the normalization. All row-major, a row per output.
    /// </param>
    /// <exception cref="ArgumentException">The sizes are impossible, or the weights do not fit them or are not finite.</exception>
    public TransformerNetwork(TransformerShape shape, float[] weights)
    {
        shape.RequireValid();
        SequenceWeights.RequireFit(weights, shape.WeightCount);
        (this.shape, this.weights) = (shape, weights);
    }

    public static StoredFormat StoredAs { get; } = new StoredFormat<TransformerNetwork>("transformer", 1, Read);

    StoredFormat IStored.Format => StoredAs;

    public int Factors => shape.Factors;

    public int MaxLength => shape.MaxLength;

    public void Encode(ReadOnlySpan<int> items, FactorMatrix itemFactors, Span<float> vector)
    {
        var (d, length) = (shape.Factors, items.Length);
        var rented = ArrayPool<float>.Shared.Rent((3 * length * d) + (3 * d) + shape.Inner + length);
        var rows = rented.AsSpan(0, length * d);
        var room = rented.AsSpan(length * d);

        var layers = new SequenceWeights(weights);
        var places = layers.Take(shape.MaxLength * d);
        var normalization = layers.TakeNormalization(d);
        for (var place = 0; place < length; place++)
        {
            var row = rows.Slice(place * d, d);
            itemFactors[items[place]].CopyTo(row);
            NetworkKernels.Add(row, places.Slice(place * d, d));
            normalization.Apply(row);
        }

        // Of the last block nobody looks at any place but the last.
        for (var block = 0; block < shape.Blocks; block++)
            Apply(ref layers, rows, length, block == shape.Blocks - 1 ? length - 1 : 0, room);
        rows[^d..].CopyTo(vector);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <param name="layers">At the block's weights; afterwards behind them.</param>
    /// <param name="rows">length x d; those from <paramref name="first"/> on are replaced.</param>
    /// <param name="length">How many places there are.</param>
    /// <param name="first">The first place that is computed.</param>
    /// <param name="room">2 length x d, 3 d, m and length values.</param>
    private void Apply(ref SequenceWeights layers, Span<float> rows, int length, int first, Span<float> room)
    {
        var d = shape.Factors;
        var keys = room[..(length * d)];
        var values = room.Slice(length * d, length * d);
        room = room[(2 * length * d)..];
        var query = room[..d];
        var mixed = room.Slice(d, d);
        var output = room.Slice(2 * d, d);
        var inner = room.Slice(3 * d, shape.Inner);
        var attention = room.Slice((3 * d) + shape.Inner, length);

        var toQuery = layers.TakeDense(d, d);
        var toKey = layers.TakeDense(d, d);
        var toValue = layers.TakeDense(d, d);
        var toOutput = layers.TakeDense(d, d);
        var afterAttention = layers.TakeNormalization(d);
        var widen = layers.TakeDense(d, shape.Inner);
        var narrow = layers.TakeDense(shape.Inner, d);
        var afterward = layers.TakeNormalization(d);

        for (var place = 0; place < length; place++)
        {
            var row = rows.Slice(place * d, d);
            toKey.Apply(row, keys.Slice(place * d, d));
            toValue.Apply(row, values.Slice(place * d, d));
        }

        for (var place = first; place < length; place++)
        {
            var row = rows.Slice(place * d, d);
            toQuery.Apply(row, query);
            Attend(query, keys, values, attention[..(place + 1)], mixed);
            toOutput.Apply(mixed, output);
            NetworkKernels.Add(row, output);
            afterAttention.Apply(row);

            widen.Apply(row, inner);
            NetworkKernels.Rectify(inner);
            narrow.Apply(inner, output);
            NetworkKernels.Add(row, output);
            afterward.Apply(row);
        }
    }

    /// <summary>Per head, the values of the places up to the query's, mixed by how well their keys fit it. Vaswani et al., NeurIPS 2017.</summary>
    private void Attend(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> attention, Span<float> mixed)
    {
        var (d, width) = (shape.Factors, shape.Factors / shape.Heads);
        var scale = 1 / MathF.Sqrt(width);
        mixed.Clear();
        for (var head = 0; head < shape.Heads; head++)
        {
            var part = query.Slice(head * width, width);
            for (var place = 0; place < attention.Length; place++)
                attention[place] = scale * VectorMath.Dot(part, keys.Slice((place * d) + (head * width), width));
            NetworkKernels.SoftMax(attention);
            for (var place = 0; place < attention.Length; place++)
                VectorMath.AddScaled(mixed.Slice(head * width, width), attention[place], values.Slice((place * d) + (head * width), width));
        }
    }

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteInts([shape.Factors, shape.MaxLength, shape.Blocks, shape.Heads, shape.Inner]);
        writer.WriteVector(weights);
    }

    private static Func<TransformerNetwork> Read(ModelReader reader)
    {
        var sizes = reader.ReadInts(5);
        var values = reader.ReadVector();
        return () => new TransformerNetwork(new TransformerShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]), values);
    }
}
