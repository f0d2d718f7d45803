using System.Text.Json;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Neural.Tests;

/// <summary>Trains in this process, and puts the engine's model together as the service does.</summary>
internal static class TrainedModels
{
    /// <summary>The dataset that <see cref="TestFolder"/> writes.</summary>
    public static InteractionDataset DatasetOf(int[][] histories)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < histories.Length; user++)
        {
            for (var place = 0; place < histories[user].Length; place++)
                builder.Add(user, histories[user][place], 0, 0, 1_000L * place);
        }

        return builder.Build();
    }

    public static FactorModel Sequence(TestFolder folder, int[][] histories)
    {
        var (root, context) = (folder.Model, new TrainingContext());
        var dataset = DatasetOf(histories);
        var rows = new FactorMatrix(dataset.Items.Count, Size("factors"), folder.ModelArray("item-factors"));
        var weights = folder.ModelArray("encoder-weights");
        var model = root.GetProperty("encoder").GetString() == "gru"
            ? SequenceModels.OfRecurrentNetwork(dataset, rows, Size("maxLength"), Size("hidden"), weights, context)
            : SequenceModels.OfTransformer(dataset, rows, new TransformerShape(rows.Factors, Size("maxLength"), Size("blocks"), Size("heads"), Size("inner")), weights, context);
        return model.TrainedOn(dataset, context);

        int Size(string name) => root.GetProperty(name).GetInt32();
    }

    /// <summary>The best item for somebody who is not in the dataset and did this, oldest first; what they have is left out.</summary>
    public static int BestAfter(IScorer model, params int[] history)
    {
        var items = history.Order().ToArray();
        var times = Array.ConvertAll(items, item => (long)Array.IndexOf(history, item));
        var user = new UserHistory(-1, items, [.. items.Select(_ => 1f)], times, [.. items.Select(_ => float.NaN)]);
        var blocked = new ulong[(model.Items.Count + 63) / 64];
        foreach (var item in items)
            blocked[item / 64] |= 1UL << item;
        var best = new TopK(1);
        model.Retrieve(user, blocked, best);
        var (found, scores) = (new int[1], new float[1]);
        return best.Drain(found, scores) == 1 ? found[0] : -1;
    }
}
