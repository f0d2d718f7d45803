using System.Text.Json;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Api.Workers;

/// <summary>Reads a model of order that a worker left: item rows, and the network that reads a user's items.</summary>
internal static class WorkerSequence
{
    private const int MaxSize = WorkerModel.MaxFactors;

    /// <exception cref="WorkerException">A file or a size is missing or impossible.</exception>
    /// <exception cref="ArgumentException">The weights do not fit the sizes, or are not finite.</exception>
    public static FactorModel Read(string folder, JsonElement root, InteractionDataset dataset, TrainingContext context)
    {
        var factors = WorkerModel.CountOf(root, "factors", MaxSize);
        var maxLength = WorkerModel.CountOf(root, "maxLength", MaxSize);
        var items = new FactorMatrix(dataset.Items.Count, factors, FlatArray.Read<float>(folder, "item-factors", (long)dataset.Items.Count * factors));
        var weights = FlatArray.ReadWhole<float>(folder, "encoder-weights");
        switch (WorkerModel.TextOf(root, "encoder"))
        {
            case "transformer":
                var shape = new TransformerShape(
                    factors, maxLength, WorkerModel.CountOf(root, "blocks", MaxSize), WorkerModel.CountOf(root, "heads", MaxSize), WorkerModel.CountOf(root, "inner", MaxSize));
                return SequenceModels.OfTransformer(dataset, items, shape, weights, context);
            case "gru":
                return SequenceModels.OfRecurrentNetwork(dataset, items, maxLength, WorkerModel.CountOf(root, "hidden", MaxSize), weights, context);
            case var other:
                throw new WorkerException($"its model has the encoder '{WorkerRun.Readable(other ?? "")}'; there are transformer and gru");
        }
    }
}
