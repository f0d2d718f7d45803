using System.Runtime.InteropServices;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;

namespace RecoService.Api.Tests.Workers;

/// <summary>The rankers that a worker leaves behind, good and bad.</summary>
public sealed class WorkerRankerTests : IDisposable
{
    private const string Tree = """{ "form": "tree-ranker", "trees": 1 }""";

    private static readonly float[] Row = [1, 2, 3, 4, 5];

    private readonly string folder = Directory.CreateTempSubdirectory("reco-ranker-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_Linear_ScoresByWeightsAndBias()
    {
        Write("""{ "form": "linear-ranker", "bias": 0.5 }""");
        Write<float>("weights.f32", [1, 0, 0, 10, 0]);

        Assert.Equal(41.5f, ScoreOf(Read()));
    }

    [Fact]
    public void Read_Trees_ScoresByTheirLeaves()
    {
        WriteTree(Tree);

        Assert.Equal(7f, ScoreOf(Read()));
    }

    [Fact]
    public void Read_Fields_ScoresByThem()
    {
        var fields = Fields();
        Write("""{ "form": "field-ranker", "factors": 8 }""");
        var linear = new float[fields.Count];
        linear[^1] = 2;
        Write("linear-weights.f32", linear);
        Write("latent-weights.f32", new float[fields.Count * RankingFields.Names.Count * 8]);

        // The last feature is the last of the five numbers.
        Assert.Equal(10f, ScoreOf(WorkerRanker.Read(folder, fields)));
    }

    [Fact]
    public void Read_FieldsOfAnotherLength_SaysWhy()
    {
        var fields = Fields();
        Write("""{ "form": "field-ranker", "factors": 8 }""");
        Write("linear-weights.f32", new float[fields.Count + 1]);

        Assert.Contains("linear-weights.f32 has", Assert.Throws<WorkerException>(() => WorkerRanker.Read(folder, fields)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "its model.json does not say its form")]
    [InlineData("[]", "its model.json does not say its form")]
    [InlineData("{", "its model cannot be read")]
    [InlineData("""{ "form": "factors" }""", "has the form 'factors'; of rankers there are linear-ranker, tree-ranker and field-ranker")]
    [InlineData("""{ "form": "linear-ranker" }""", "there is no weights.f32")]
    [InlineData("""{ "form": "linear-ranker", "bias": "much" }""", "there is no weights.f32")]
    [InlineData("""{ "form": "tree-ranker" }""", "its model needs trees, a whole number of 0 to 100000")]
    [InlineData("""{ "form": "tree-ranker", "trees": -1 }""", "its model needs trees")]
    [InlineData("""{ "form": "field-ranker", "factors": 8 }""", "its trainer does not need ranking-fields")]
    public void Read_NoRanker_SaysWhy(string json, string fault)
    {
        Write(json);

        AssertRefused(fault);
    }

    [Fact]
    public void Read_NothingLeft_SaysWhy() => AssertRefused("it left no model");

    [Fact]
    public void Read_BiasThatIsNoNumber_SaysWhy()
    {
        Write("""{ "form": "linear-ranker", "bias": "much" }""");
        Write("weights.f32", Row);

        AssertRefused("its model has a bias that is no finite number");
    }

    [Fact]
    public void Read_WeightsThatAreNotFinite_SaysWhy()
    {
        Write("""{ "form": "linear-ranker" }""");
        Write<float>("weights.f32", [1, 2, 3, 4, float.NaN]);

        AssertRefused("its model holds values that are not finite");
    }

    [Fact]
    public void Read_TreesThatContradictThemselves_SaysWhy()
    {
        WriteTree(Tree, starts: [0, int.MinValue]);
        AssertRefused("features.i32 has 4 bytes");
        WriteTree(Tree, starts: [1, 1]);
        AssertRefused("begin with 0");
        WriteTree(Tree, left: 0);
        AssertRefused("children are later nodes");
        WriteTree(Tree, leaves: [1]);
        AssertRefused("leaf-values.f64 has 8 bytes, and 2 values of 8 bytes belong there");
    }

    private IRankingFunction Read() => WorkerRanker.Read(folder, fields: null);

    private void AssertRefused(string fault) => Assert.Contains(fault, Assert.Throws<WorkerException>(Read).Message, StringComparison.Ordinal);

    private static float ScoreOf(IRankingFunction ranker)
    {
        var scores = new float[1];
        ranker.Score(new RankedList(new UserHistory(-1), [0], Row), scores);
        return scores[0];
    }

    private static RankingFields Fields()
    {
        var dataset = DatasetFolderTests.Dataset();
        return RankingFields.Of(dataset, new RankingLists([0, 1], [0], [2], [true], Row));
    }

    /// <summary>One tree that asks for feature 4 at 3: at most 6, above 7.</summary>
    private void WriteTree(string json, int[]? starts = null, int left = ~0, double[]? leaves = null)
    {
        Write(json);
        Write("node-starts.i32", starts ?? [0, 1]);
        Write("features.i32", [4]);
        Write<float>("thresholds.f32", [3]);
        Write("lefts.i32", [left]);
        Write("rights.i32", [~1]);
        Write("leaf-values.f64", leaves ?? [6, 7]);
        Write<double>("tree-weights.f64", [1]);
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(folder, "model.json"), json);

    private void Write<T>(string name, T[] values)
        where T : unmanaged => File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
