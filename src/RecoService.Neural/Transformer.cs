using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecoService.Neural;

/// <summary>
/// The encoder of SASRec: Kang, McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, each layer normalized behind its sum. The order of the parameters is that of docs/workers.md.
/// </summary>
internal sealed class Transformer : ISequenceNetwork
{
    /// <summary>Deviation of the first weights, as BERT and those after it begin.</summary>
    private const double Deviation = 0.02;

    private const double Epsilon = 1e-6;

    private readonly SequenceOptions options;
    private readonly Parameter places;
    private readonly Pair normalization;
    private readonly Block[] blocks;

    private Transformer(int itemCount, SequenceOptions options, Device device)
    {
        var d = options.Factors;
        this.options = options;
        Items = Drawn(itemCount, d);
        places = Drawn(options.MaxLength, d);
        normalization = Scale();
        blocks = [.. Enumerable.Range(0, options.Blocks).Select(_ => new Block(
            Dense(d, d), Dense(d, d), Dense(d, d), Dense(d, d), Scale(), Dense(d, options.Inner), Dense(options.Inner, d), Scale()))];
        Parameters = [Items, places, .. normalization.Both, .. blocks.SelectMany(block => block.All)];

        Parameter Drawn(params long[] shape) => Parameter(randn(shape, device: device) * Deviation);
        Pair Scale() => new(Parameter(ones(d, device: device)), Parameter(zeros(d, device: device)));
        Pair Dense(int inputs, int outputs) => new(Drawn(outputs, inputs), Parameter(zeros(outputs, device: device)));
    }

    public Parameter Items { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    public object Form => new { form = "sequence", encoder = "transformer", options.Factors, options.MaxLength, options.Blocks, options.Heads, options.Inner };

    /// <exception cref="WorkerException">The heads do not divide the factors.</exception>
    public static ISequenceNetwork Of(int itemCount, SequenceOptions options, Device device) => options.Factors % options.Heads == 0
        ? new Transformer(itemCount, options, device)
        : throw new WorkerException($"heads ({options.Heads}) must divide factors ({options.Factors}).");

    public Tensor Encode(Tensor items, bool isTraining)
    {
        var length = (int)items.shape[1];
        var mask = triu(full(length, length, float.NegativeInfinity, device: Items.device), 1);
        var rows = Lookup.Of(Items, items) + places.slice(0, 0, length, 1);
        rows = Drop(normalization.Normalize(rows));
        foreach (var block in blocks)
        {
            rows = block.AfterAttention.Normalize(rows + Drop(block.Output.Apply(Attend(block, rows, mask, isTraining))));
            rows = block.Afterward.Normalize(rows + Drop(block.Narrow.Apply(functional.relu(block.Widen.Apply(rows)))));
        }

        return rows;

        Tensor Drop(Tensor values) => functional.dropout(values, options.Dropout, isTraining);
    }

    private Tensor Attend(Block block, Tensor rows, Tensor mask, bool isTraining)
    {
        var (count, length, width) = (rows.shape[0], rows.shape[1], options.Factors / options.Heads);
        var (queries, keys, values) = (Split(block.Query), Split(block.Key), Split(block.Value));
        var weights = (matmul(queries, keys.transpose(2, 3)) / Math.Sqrt(width)) + mask;
        weights = functional.dropout(functional.softmax(weights, -1), options.Dropout, isTraining);
        return matmul(weights, values).transpose(1, 2).reshape(count, length, options.Factors);

        Tensor Split(Pair layer) => layer.Apply(rows).view(count, length, options.Heads, width).transpose(1, 2);
    }

    /// <param name="First">The matrix, or the gain.</param>
    /// <param name="Bias">One per output.</param>
    private sealed record Pair(Parameter First, Parameter Bias)
    {
        public Parameter[] Both => [First, Bias];

        public Tensor Apply(Tensor rows) => functional.linear(rows, First, Bias);

        public Tensor Normalize(Tensor rows) => functional.layer_norm(rows, [First.shape[0]], First, Bias, Epsilon);
    }

    private sealed record Block(Pair Query, Pair Key, Pair Value, Pair Output, Pair AfterAttention, Pair Widen, Pair Narrow, Pair Afterward)
    {
        public IEnumerable<Parameter> All => new[] { Query, Key, Value, Output, AfterAttention, Widen, Narrow, Afterward }.SelectMany(layer => layer.Both);
    }
}
