using System.Runtime.InteropServices;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.NeuMf;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

/// <summary>What a worker leaves behind, good and bad; the dataset has 2 users and 3 items.</summary>
public sealed class WorkerModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reco-model-").FullName;
    private readonly InteractionDataset dataset = DatasetFolderTests.Dataset();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_ItemWeights_ScoresByThem()
    {
        WriteItemWeights("""{ "form": "item-weights", "historyScale": "linear" }""", starts: [0, 1, 3, 3], items: [1, 0, 2], weights: [2, 3, 5]);

        var model = Assert.IsType<ItemWeightsModel>(Read());

        // The first user has item 0 with the weight 9 and item 1 with 4.
        Assert.Equal([12, 18, 20], ScoresOf(model, user: 0));
        Assert.Same(dataset.Users, model.Users);
    }

    [Fact]
    public void Read_Factors_ScoresWithBiasesAndMean()
    {
        WriteFactors("""{ "form": "factors", "factors": 2, "mean": 1 }""", users: [1, 2, 3, 4], items: [1, 0, 0, 1, float.NaN, float.NaN]);
        Write<float>("item-biases.f32", [10, 20, float.NaN]);

        var model = Assert.IsType<FactorModel>(Read());

        Assert.Equal([12, 23, float.NaN], ScoresOf(model, user: 0));
        Assert.True(model.IsSound());
    }

    [Theory]
    [InlineData("""{ "kind": "ratings", "regularization": 0.1 }""")]
    [InlineData("""{ "kind": "pairs", "regularization": 0.1, "excess": 3 }""")]
    [InlineData("""{ "kind": "comparisons", "regularization": 0.1 }""")]
    public void Read_FactorsWithFoldIn_KnowsUsersByTheirHistory(string foldIn)
    {
        WriteFactors($$"""{ "form": "factors", "factors": 2, "foldIn": {{foldIn}} }""", users: [1, 2, 3, 4], items: [1, 0, 0, 1, 1, 1]);
        if (foldIn.Contains("comparisons", StringComparison.Ordinal))
            Write<float>("item-biases.f32", [0, 1, 2]);
        var scores = new float[1];

        Read().Score(new UserHistory(-1, [1], [4], [1], [4]), [0], scores);

        Assert.True(float.IsFinite(scores[0]));
    }

    [Fact]
    public void Read_StoredForm_IsTheSameModel()
    {
        var trained = new PopularityTrainer(new PopularityOptions()).Train(dataset, new TrainingContext());
        using (var stream = File.Create(Path.Combine(folder, "model.reco")))
            ModelSerializer.Write(trained, stream);

        Assert.Equal(ScoresOf(trained, 0), ScoresOf(Assert.IsType<PopularityModel>(Read()), 0));
    }

    [Fact]
    public void Read_StoredFormOfOtherItems_IsRefused()
    {
        var other = new InteractionDatasetBuilder(InteractionKinds.Default);
        other.Add(1, 1, 0, 0, 1);
        using (var stream = File.Create(Path.Combine(folder, "model.reco")))
            ModelSerializer.Write(new PopularityTrainer(new PopularityOptions()).Train(other.Build(), new TrainingContext()), stream);

        AssertRefused("its model is of other users or items than it was given");
    }

    [Fact]
    public void Read_StoredFormDamaged_IsRefused()
    {
        File.WriteAllText(Path.Combine(folder, "model.reco"), "no model at all");

        AssertRefused("its model cannot be read: This is not a stored model.");
    }

    [Fact]
    public void Read_NothingThere_IsRefused() => AssertRefused("it left no model: there is neither model.reco nor model.json in its folder");

    [Theory]
    [InlineData("nonsense", "its model cannot be read")]
    [InlineData("[]", "does not say its form")]
    [InlineData("{}", "does not say its form")]
    [InlineData("""{ "form": "forest" }""", "has the form 'forest'")]
    [InlineData("""{ "form": "item-weights" }""", "there is no item-starts.i64")]
    [InlineData("""{ "form": "factors" }""", "needs factors, a whole number of 0 to 4096")]
    [InlineData("""{ "form": "factors", "factors": 100000000 }""", "needs factors, a whole number of 0 to 4096")]
    [InlineData("""{ "form": "factors", "factors": 2 }""", "there is no user-factors.f32")]
    public void Read_BadManifest_SaysWhy(string json, string fault)
    {
        File.WriteAllText(Path.Combine(folder, "model.json"), json);

        AssertRefused(fault);
    }

    [Theory]
    [InlineData("""{ "form": "item-weights", "historyScale": "cubic" }""", "historyScale 'cubic'")]
    [InlineData("""{ "form": "item-weights", "historyDecay": 2 }""", "historyDecay outside 0 to 1")]
    [InlineData("""{ "form": "item-weights", "historyDecay": "slow" }""", "historyDecay that is no finite number")]
    public void Read_BadHistory_SaysWhy(string json, string fault)
    {
        WriteItemWeights(json, starts: [0, 0, 0, 0], items: [], weights: []);

        AssertRefused(fault);
    }

    [Theory]
    [InlineData(new[] { 1L, 1, 1, 1 }, new[] { 0 }, "must begin with 0")]
    [InlineData(new[] { 0L, 2, 1, 1 }, new[] { 0 }, "item-starts must ascend")]
    [InlineData(new[] { 0L, 1, 1, long.MaxValue }, new[] { 0 }, "its model cannot be read")]
    [InlineData(new[] { 0L, 1, 1 }, new[] { 0 }, "item-starts.i64 has 24 bytes, and 4 values of 8 bytes belong there")]
    [InlineData(new[] { 0L, 1, 1, 1 }, new[] { 3 }, "must ascend below 3")]
    [InlineData(new[] { 0L, 1, 1, 1 }, new[] { -1 }, "must ascend below 3")]
    [InlineData(new[] { 0L, 2, 2, 2 }, new[] { 1, 1 }, "must ascend below 3")]
    public void Read_BadMatrix_SaysWhy(long[] starts, int[] items, string fault)
    {
        WriteItemWeights("""{ "form": "item-weights" }""", starts, items, new float[items.Length]);

        AssertRefused(fault);
    }

    [Theory]
    [InlineData("3", "a foldIn that is no object")]
    [InlineData("""{ "kind": "ratings" }""", "a foldIn without a regularization above 0")]
    [InlineData("""{ "kind": "comparisons", "regularization": 1 }""", "which needs item-biases")]
    [InlineData("""{ "kind": "magic", "regularization": 1 }""", "a foldIn of an unknown kind")]
    [InlineData("""{ "kind": "ratings", "regularization": 1e999 }""", "regularization that is no finite number")]
    public void Read_BadFoldIn_SaysWhy(string foldIn, string fault)
    {
        WriteFactors($$"""{ "form": "factors", "factors": 1, "foldIn": {{foldIn}} }""", users: [1, 2], items: [1, 2, 3]);

        AssertRefused(fault);
    }

    [Fact]
    public void Read_FactorsOfAnotherLength_SaysWhy()
    {
        WriteFactors("""{ "form": "factors", "factors": 2 }""", users: [1, 2, 3], items: [1, 2, 3, 4, 5, 6]);

        AssertRefused("user-factors.f32 has 12 bytes, and 4 values of 4 bytes belong there");
    }

    /// <summary>Two factors are normalized to 1 and -1 by whatever differs: the first user's last item is 1, of row (5, 3).</summary>
    [Fact]
    public void Read_Transformer_ScoresWithTheVectorOfTheLastItem()
    {
        WriteSequence("""{ "form": "sequence", "encoder": "transformer", "factors": 2, "maxLength": 2, "blocks": 1, "heads": 1, "inner": 1 }""", Transformer);

        var model = Assert.IsType<FactorModel>(Read());

        var scores = new float[3];
        model.Score(new UserHistory(-1, [0, 1], [1, 1], [1, 2], [float.NaN, float.NaN]), [0, 1, 2], scores);
        Assert.Equal([-2, 2, float.NaN], scores.Select(score => MathF.Round(score, 3)));
        Assert.True(model.IsSound());
        Assert.True(model.UserFactors[0].ToArray().All(float.IsFinite));
    }

    /// <summary>Everything is 0 but the bias of the vector, (0, 7).</summary>
    [Fact]
    public void Read_RecurrentNetwork_ScoresWithItsVector()
    {
        WriteSequence("""{ "form": "sequence", "encoder": "gru", "factors": 2, "maxLength": 2, "hidden": 1 }""", [.. new float[18], 7]);

        Assert.Equal([35, 21, float.NaN], ScoresOf(Read(), user: 0));
    }

    [Theory]
    [InlineData("""{ "form": "sequence" }""", "needs factors, a whole number of 0 to 4096")]
    [InlineData("""{ "form": "sequence", "factors": 2 }""", "needs maxLength, a whole number of 0 to 4096")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 2 }""", "has the encoder ''; there are transformer and gru")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 2, "encoder": "rnn" }""", "has the encoder 'rnn'")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 2, "encoder": "gru" }""", "needs hidden")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 2, "encoder": "gru", "hidden": 3 }""", "weights, and 71 belong there")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 2, "encoder": "transformer", "blocks": 1, "heads": 3, "inner": 1 }""", "3 heads do not divide 2 factors")]
    [InlineData("""{ "form": "sequence", "factors": 2, "maxLength": 3, "encoder": "transformer", "blocks": 1, "heads": 1, "inner": 1 }""", "weights, and 49 belong there")]
    [InlineData("""{ "form": "sequence", "factors": 3, "maxLength": 2, "encoder": "transformer", "blocks": 1, "heads": 1, "inner": 1 }""", "item-factors.f32 has 24 bytes")]
    public void Read_BadSequence_SaysWhy(string json, string fault)
    {
        WriteSequence(json, Transformer);

        AssertRefused(fault);
    }

    [Fact]
    public void Read_SequenceWithoutFiniteWeights_SaysWhy()
    {
        WriteSequence("""{ "form": "sequence", "encoder": "transformer", "factors": 2, "maxLength": 2, "blocks": 1, "heads": 1, "inner": 1 }""", [float.PositiveInfinity, .. Transformer[1..]]);

        AssertRefused("not finite");
    }

    [Fact]
    public void Read_SequenceWithoutItsNetwork_SaysWhy()
    {
        WriteSequence("""{ "form": "sequence", "encoder": "gru", "factors": 2, "maxLength": 2, "hidden": 1 }""", []);
        File.Delete(Path.Combine(folder, "encoder-weights.f32"));

        AssertRefused("there is no encoder-weights.f32");
    }

    /// <summary>Everything is 0 but the weight of the product's first part, 2, and the bias, 1: the first user has 3, and the items 1, 10 and nothing.</summary>
    [Fact]
    public void Read_NeuMf_ScoresByItsNetwork()
    {
        WriteNeuMf(2, [.. new float[13], 2, 0, 0, 1]);

        Assert.Equal([7, 61, float.NaN], ScoresOf(Assert.IsType<NeuMfModel>(Read()), user: 0));
    }

    [Theory]
    [InlineData(2, 16, "The network has 16 weights, and 17 belong there")]
    [InlineData(3, 17, "user-rows.f32 has 32 bytes")]
    public void Read_BadNeuMf_SaysWhy(int factors, int weights, string fault)
    {
        WriteNeuMf(factors, new float[weights]);

        AssertRefused(fault);
    }

    private void WriteNeuMf(int factors, float[] weights)
    {
        File.WriteAllText(Path.Combine(folder, "model.json"), $$"""{ "form": "neumf", "factors": {{factors}} }""");
        Write("user-rows.f32", [3f, 0, 0, 0, 1, 0, 0, 0]);
        Write("item-rows.f32", [1f, 0, 0, 0, 10, 0, 0, 0, float.NaN, float.NaN, float.NaN, float.NaN]);
        Write("network-weights.f32", weights);
    }

    /// <summary>Gains of 1 and nothing else: places, normalization, four layers of attention, normalization, two layers, normalization.</summary>
    private static float[] Transformer => [.. new float[4], 1, 1, 0, 0, .. new float[24], 1, 1, 0, 0, .. new float[7], 1, 1, 0, 0];

    private void WriteSequence(string json, float[] weights)
    {
        File.WriteAllText(Path.Combine(folder, "model.json"), json);
        Write("item-factors.f32", [3f, 5, 5, 3, float.NaN, float.NaN]);
        Write("encoder-weights.f32", weights);
    }

    private IScorer Read() => WorkerModel.Read(folder, dataset, new TrainingContext());

    private void AssertRefused(string fault) => Assert.Contains(fault, Assert.Throws<WorkerException>(Read).Message, StringComparison.Ordinal);

    private float[] ScoresOf(IScorer model, int user)
    {
        var scores = new float[3];
        model.Score(dataset.HistoryOf(user), [0, 1, 2], scores);
        return scores;
    }

    private void WriteItemWeights(string json, long[] starts, int[] items, float[] weights)
    {
        File.WriteAllText(Path.Combine(folder, "model.json"), json);
        Write("item-starts.i64", starts);
        Write("items.i32", items);
        Write("weights.f32", weights);
    }

    private void WriteFactors(string json, float[] users, float[] items)
    {
        File.WriteAllText(Path.Combine(folder, "model.json"), json);
        Write("user-factors.f32", users);
        Write("item-factors.f32", items);
    }

    private void Write<T>(string name, T[] values)
        where T : unmanaged => File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
