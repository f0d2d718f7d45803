using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.NeuMf;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>
/// Reads the model that a worker left: <c>model.reco</c> as the service stores models, or <c>model.json</c> with flat arrays that a script can write. Nothing in it is
/// believed: what does not fit the dataset is refused.
/// </summary>
internal static class WorkerModel
{
    private const string StoredFile = "model.reco";
    private const string OpenFile = "model.json";
    internal const int MaxFactors = 4096;

    /// <param name="folder">Where the worker wrote.</param>
    /// <param name="dataset">What it was trained on.</param>
    /// <param name="context">Memory, threads and cancellation.</param>
    /// <exception cref="WorkerException">There is no model, or it cannot be used; the message says why.</exception>
    /// <exception cref="TrainingException">It is larger than the training may take.</exception>
    public static IScorer Read(string folder, InteractionDataset dataset, TrainingContext context)
    {
        Claim(folder, context);
        try
        {
            var model = File.Exists(Path.Combine(folder, StoredFile)) ? ReadStored(Path.Combine(folder, StoredFile), dataset) : ReadOpen(folder, dataset, context);
            model = model.WithHistories(dataset);
            return model is FactorModel factors ? factors.TrainedOn(dataset, context) : model;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or JsonException or IOException or FormatException or OverflowException)
        {
            throw new WorkerException($"its model cannot be read: {exception.Message}");
        }
    }

    /// <summary>Holds what a worker left against the memory of the run.</summary>
    /// <exception cref="WorkerException">Its folder is gone.</exception>
    /// <exception cref="TrainingException">It is larger than the training may take.</exception>
    public static void Claim(string folder, TrainingContext context)
    {
        if (!Directory.Exists(folder))
            throw new WorkerException("it left no model: its folder is gone");
        context.Memory?.Claim(Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length));
    }

    private static IScorer ReadStored(string path, InteractionDataset dataset)
    {
        using var stream = File.OpenRead(path);
        var model = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
        return model.Users.Keys.SequenceEqual(dataset.Users.Keys) && model.Items.Keys.SequenceEqual(dataset.Items.Keys)
            ? model
            : throw new WorkerException("its model is of other users or items than it was given");
    }

    /// <summary>What the worker says of the arrays it left.</summary>
    public static JsonDocument OpenForm(string folder) => File.Exists(Path.Combine(folder, OpenFile))
        ? JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, OpenFile)))
        : throw new WorkerException($"it left no model: there is neither {StoredFile} nor {OpenFile} in its folder");

    public static string FormOf(JsonElement root) => (root.ValueKind == JsonValueKind.Object ? TextOf(root, "form") : null) ?? throw new WorkerException($"its {OpenFile} does not say its form");

    /// <summary>A whole number of 0 to a bound.</summary>
    public static int CountOf(JsonElement root, string name, int most) =>
        root.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.Number && word.TryGetInt32(out var count) && count >= 0 && count <= most
            ? count
            : throw new WorkerException($"its model needs {name}, a whole number of 0 to {most}");

    private static IScorer ReadOpen(string folder, InteractionDataset dataset, TrainingContext context)
    {
        using var document = OpenForm(folder);
        return FormOf(document.RootElement) switch
        {
            "item-weights" => ReadItemWeights(folder, document.RootElement, dataset),
            "factors" => ReadFactors(folder, document.RootElement, dataset),
            "sequence" => WorkerSequence.Read(folder, document.RootElement, dataset, context),
            "neumf" => ReadNeuMf(folder, document.RootElement, dataset),
            var other => throw new WorkerException($"its model has the form '{WorkerRun.Readable(other)}'; there are item-weights, factors, sequence and neumf"),
        };
    }

    private static ItemWeightsModel ReadItemWeights(string folder, JsonElement root, InteractionDataset dataset)
    {
        var starts = FlatArray.Read<long>(folder, "item-starts", dataset.Items.Count + 1L);
        var lengths = new int[dataset.Items.Count];
        for (var item = 0; item < lengths.Length; item++)
            lengths[item] = checked((int)(starts[item + 1] - starts[item])) is >= 0 and var length ? length : throw new WorkerException("its model contradicts itself: item-starts must ascend");
        if (starts[0] != 0)
            throw new WorkerException("its model contradicts itself: item-starts must begin with 0");
        var items = FlatArray.Read<int>(folder, "items", starts[^1]);
        var weights = FlatArray.Read<float>(folder, "weights", starts[^1]);
        var scale = TextOf(root, "historyScale") switch
        {
            null or "binary" => HistoryScale.Binary,
            "linear" => HistoryScale.Linear,
            "log" => HistoryScale.Log,
            var other => throw new WorkerException($"its model has the historyScale '{WorkerRun.Readable(other)}'; there are binary, linear, log"),
        };
        var decay = NumberOf(root, "historyDecay", 1);
        if (decay is < 0 or > 1)
            throw new WorkerException("its model has a historyDecay outside 0 to 1");
        return new ItemWeightsModel(dataset.Users, dataset.Items, SparseMatrix.FromRows(dataset.Items.Count, lengths, items, weights), new HistoryWeighting(scale, decay));
    }

    private static FactorModel ReadFactors(string folder, JsonElement root, InteractionDataset dataset)
    {
        var factors = CountOf(root, "factors", MaxFactors);
        var users = new FactorMatrix(dataset.Users.Count, factors, FlatArray.Read<float>(folder, "user-factors", (long)dataset.Users.Count * factors));
        var items = new FactorMatrix(dataset.Items.Count, factors, FlatArray.Read<float>(folder, "item-factors", (long)dataset.Items.Count * factors));
        var itemBiases = BiasesOf(folder, "item-biases", dataset.Items.Count);
        return new FactorModel(
            dataset.Users, dataset.Items, users, items, NumberOf(root, "mean", 0),
            BiasesOf(folder, "user-biases", dataset.Users.Count), itemBiases, FoldInOf(root, items, FlatArray.Exists<float>(folder, "item-biases")));
    }

    private static NeuMfModel ReadNeuMf(string folder, JsonElement root, InteractionDataset dataset)
    {
        var width = 2 * CountOf(root, "factors", MaxFactors);
        return new NeuMfModel(
            dataset.Users, dataset.Items, new FactorMatrix(dataset.Users.Count, width, FlatArray.Read<float>(folder, "user-rows", (long)dataset.Users.Count * width)),
            new FactorMatrix(dataset.Items.Count, width, FlatArray.Read<float>(folder, "item-rows", (long)dataset.Items.Count * width)), FlatArray.ReadWhole<float>(folder, "network-weights"));
    }

    private static float[] BiasesOf(string folder, string name, int count) => FlatArray.Exists<float>(folder, name) ? FlatArray.Read<float>(folder, name, count) : [];

    private static FoldIn? FoldInOf(JsonElement root, FactorMatrix items, bool hasItemBiases)
    {
        if (!root.TryGetProperty("foldIn", out var foldIn))
            return null;
        if (foldIn.ValueKind != JsonValueKind.Object)
            throw new WorkerException("its model has a foldIn that is no object");
        var regularization = NumberOf(foldIn, "regularization", float.NaN);
        if (!(regularization > 0))
            throw new WorkerException("its model has a foldIn without a regularization above 0");
        return TextOf(foldIn, "kind") switch
        {
            "ratings" => FoldIns.OfRatings(regularization, foldIn.TryGetProperty("nonNegative", out var flag) && flag.ValueKind == JsonValueKind.True),
            "pairs" => FoldIns.OfPairs(items, Math.Max(0, NumberOf(foldIn, "excess", 0)), regularization),
            "comparisons" when !hasItemBiases => throw new WorkerException("its model has a foldIn by comparisons, which needs item-biases"),
            "comparisons" => FoldIns.OfComparisons(regularization),
            _ => throw new WorkerException("its model has a foldIn of an unknown kind; there are ratings, pairs and comparisons"),
        };
    }

    public static string? TextOf(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static float NumberOf(JsonElement from, string name, float otherwise)
    {
        if (!from.TryGetProperty(name, out var value))
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw new WorkerException($"its model has a {name} that is no finite number");
    }
}
