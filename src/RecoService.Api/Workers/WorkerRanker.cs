using System.Text.Json;
using RecoService.Engine.Algorithms.Ranking;

namespace RecoService.Api.Workers;

/// <summary>Reads the ranker that a worker left: <c>model.json</c> with flat arrays. Nothing in it is believed.</summary>
internal static class WorkerRanker
{
    private const int MaxTrees = 100_000;
    private const int MaxFactors = 1024;

    /// <param name="folder">Where the worker wrote.</param>
    /// <param name="fields">What the worker was given in fields; null for none.</param>
    /// <exception cref="WorkerException">There is no ranker, or it cannot be used; the message says why.</exception>
    public static IRankingFunction Read(string folder, RankingFields? fields)
    {
        try
        {
            using var document = WorkerModel.OpenForm(folder);
            var root = document.RootElement;
            IRankingFunction ranker = WorkerModel.FormOf(root) switch
            {
                "linear-ranker" => new LinearRankingFunction(FlatArray.Read<float>(folder, "weights", UserItemFeatures.Count), WorkerModel.NumberOf(root, "bias", 0)),
                "tree-ranker" => ReadTrees(folder, root),
                "field-ranker" when fields is not null => ReadFields(folder, root, fields),
                "field-ranker" => throw new WorkerException("its model is a field-ranker, and its trainer does not need ranking-fields"),
                var other => throw new WorkerException($"its model has the form '{WorkerRun.Readable(other)}'; of rankers there are linear-ranker, tree-ranker and field-ranker"),
            };
            return ranker.IsSound() ? ranker : throw new WorkerException("its model holds values that are not finite");
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or IOException or OverflowException)
        {
            throw new WorkerException($"its model cannot be read: {exception.Message}");
        }
    }

    private static TreeRankingFunction ReadTrees(string folder, JsonElement root)
    {
        var trees = WorkerModel.CountOf(root, "trees", MaxTrees);
        var starts = FlatArray.Read<int>(folder, "node-starts", trees + 1L);
        var nodes = Math.Max(0, starts[^1]);
        return new TreeRankingFunction(
            starts, FlatArray.Read<int>(folder, "features", nodes), FlatArray.Read<float>(folder, "thresholds", nodes), FlatArray.Read<int>(folder, "lefts", nodes),
            FlatArray.Read<int>(folder, "rights", nodes), FlatArray.Read<double>(folder, "leaf-values", (long)nodes + trees), FlatArray.Read<double>(folder, "tree-weights", trees));
    }

    private static FieldRankingFunction ReadFields(string folder, JsonElement root, RankingFields fields)
    {
        var factors = WorkerModel.CountOf(root, "factors", MaxFactors);
        return new FieldRankingFunction(
            fields, FlatArray.Read<float>(folder, "linear-weights", fields.Count), FlatArray.Read<float>(folder, "latent-weights", (long)fields.Count * RankingFields.Names.Count * factors), factors);
    }
}
