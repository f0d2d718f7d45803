using System.Text.Json;

namespace RecoService.MlNet.Tests;

/// <summary>The trainers of rankers as the service calls them.</summary>
public sealed class RankerTests
{
    private static readonly object Linear = new { l1Regularization = 0, l2Regularization = 1, tolerance = 1e-7 };
    private static readonly object Trees = new { trees = 20, leaves = 4, rowsPerLeaf = 5, learningRate = 0.2, l2Regularization = 1 };
    private static readonly object Fields = new { factors = 3, epochs = 20, learningRate = 0.1, regularization = 0.001, linearRegularization = 0.001 };

    [Fact]
    public void LogisticRegression_OneFeatureSays_GivesItTheWeight()
    {
        using var folder = new RankingFolder("ml-logistic-regression", Linear);

        Train(folder);

        var weights = folder.ModelArray<float>("weights.f32");
        Assert.Equal(("linear-ranker", 2), (folder.Model.GetProperty("form").GetString(), weights.Length));
        Assert.True(weights[0] > 10 * Math.Abs(weights[1]), string.Join(' ', weights));
        Assert.True(folder.Model.GetProperty("bias").GetSingle() < 0);
    }

    [Fact]
    public void LogisticRegression_PenaltyOnAbsoluteWeights_LeavesOutWhatSaysNothing()
    {
        using var folder = new RankingFolder("ml-logistic-regression", new { l1Regularization = 20, l2Regularization = 1, tolerance = 1e-7 });

        Train(folder);

        var weights = folder.ModelArray<float>("weights.f32");
        Assert.True(weights[0] > 0);
        Assert.Equal(0, weights[1]);
    }

    [Fact]
    public void LambdaRank_OneFeatureSays_SplitsByItFirst()
    {
        LightGbmLibrary.SkipWithout();
        using var folder = new RankingFolder("ml-lambda-rank", Trees);

        Train(folder);

        var (starts, leaves) = (folder.ModelArray<int>("node-starts.i32"), folder.ModelArray<double>("leaf-values.f64"));
        Assert.Equal(("tree-ranker", 20), (folder.Model.GetProperty("form").GetString(), folder.Model.GetProperty("trees").GetInt32()));
        Assert.Equal((21, 20), (starts.Length, folder.ModelArray<double>("tree-weights.f64").Length));
        Assert.Equal(starts[^1] + 20, leaves.Length);
        Assert.Equal(0, folder.ModelArray<int>("features.i32")[0]);
        Assert.InRange(folder.ModelArray<float>("thresholds.f32")[0], 0.4f, 0.6f);
    }

    [Fact]
    public void LambdaRank_AllAlike_IsSaidAsAnError()
    {
        LightGbmLibrary.SkipWithout();
        using var folder = new RankingFolder("ml-lambda-rank", Trees, isConstant: true);

        var (code, output) = Run(folder);

        Assert.Equal(2, code);
        Assert.Contains("no tree has a split", output, StringComparison.Ordinal);
    }

    [Fact]
    public void FieldMachine_OneFeatureSays_GivesItTheWeightAndTheEmptyFieldNothing()
    {
        using var folder = new RankingFolder("ml-ffm", Fields);

        Train(folder);

        var (linear, latent) = (folder.ModelArray<float>("linear-weights.f32"), folder.ModelArray<float>("latent-weights.f32"));
        Assert.Equal(("field-ranker", 8), (folder.Model.GetProperty("form").GetString(), folder.Model.GetProperty("factors").GetInt32()));
        Assert.Equal((4, 4 * 3 * 8), (linear.Length, latent.Length));
        Assert.True(linear[1] - linear[0] > 5 * Math.Abs(linear[3]), string.Join(' ', linear));
        for (var feature = 0; feature < 4; feature++)
        {
            // Towards the empty field there is nothing, towards the others there is.
            var vectors = latent.Skip(feature * 3 * 8).Chunk(8).Take(3).ToList();
            Assert.Equal([true, false, true], vectors.Select(vector => vector.Any(value => value != 0)));
        }
    }

    [Fact]
    public void FieldMachine_Progress_AscendsToTheEnd()
    {
        using var folder = new RankingFolder("ml-ffm", Fields);

        var fractions = Run(folder).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("fraction").GetDouble()).ToList();

        Assert.True(fractions.Count > 10);
        Assert.Equal(fractions.Order(), fractions);
        Assert.InRange(fractions[^1], 0.9, 1);
    }

    [Fact]
    public void FieldMachine_TooMuchMemoryOrDiverging_IsSaidAsAnError()
    {
        using var small = new RankingFolder("ml-ffm", Fields, memory: 100);
        using var wild = new RankingFolder("ml-ffm", new { factors = 8, epochs = 5, learningRate = 1e38, regularization = 1, linearRegularization = 1 });

        Assert.Contains("4 features in 3 fields", Run(small).Output, StringComparison.Ordinal);
        Assert.Contains("Training diverged", Run(wild).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameRankers()
    {
        foreach (var (trainer, options, file) in new[] { ("ml-logistic-regression", Linear, "weights.f32"), ("ml-ffm", Fields, "latent-weights.f32"), ("ml-lambda-rank", Trees, "leaf-values.f64") })
        {
            if (trainer == "ml-lambda-rank")
                LightGbmLibrary.SkipWithout();
            using var first = new RankingFolder(trainer, options, seed: 1);
            using var second = new RankingFolder(trainer, options, seed: 1);
            Train(first);
            Train(second);

            Assert.Equal(first.ModelArray<byte>(file), second.ModelArray<byte>(file));
        }
    }

    private static void Train(RankingFolder folder)
    {
        var (code, output) = Run(folder);
        Assert.True(code == 0, output);
    }

    private static (int Code, string Output) Run(RankingFolder folder)
    {
        using var output = new StringWriter();
        return (Worker.Run(["train", folder.Location], output, TextWriter.Null), output.ToString());
    }
}
