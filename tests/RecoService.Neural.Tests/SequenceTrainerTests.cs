using System.Diagnostics;
using System.Text.Json;

namespace RecoService.Neural.Tests;

/// <summary>The trainers of order, on data whose right answers are known.</summary>
public sealed class SequenceTrainerTests
{
    private const int ItemCount = 24;

    private static readonly object Small = Options();

    /// <summary>After an item comes the next on a circle, so the last item alone says what follows; all items are equally popular, and popularity is right once in 24 times.</summary>
    [Theory]
    [InlineData("sasrec", "cross-entropy", 0)]
    [InlineData("sasrec", "cross-entropy", 8)]
    [InlineData("sasrec", "gbce", 8)]
    [InlineData("gru4rec", "cross-entropy", 0)]
    public void Train_Circle_PutsTheNextItemFirst(string trainer, string loss, int negatives)
    {
        using var folder = new TestFolder(trainer, Options(loss, negatives), ItemCount, Circle());

        var (code, output) = folder.Train();
        Assert.True(code == 0, output);
        var model = TrainedModels.Sequence(folder, Circle());

        for (var item = 0; item < ItemCount; item++)
            Assert.Equal((item + 1) % ItemCount, TrainedModels.BestAfter(model, (item + ItemCount - 2) % ItemCount, (item + ItemCount - 1) % ItemCount, item));
    }

    /// <summary>What follows item 2 depends on what came before it, so no model of pairs can know it: 0 2 4, but 1 2 5.</summary>
    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec")]
    public void Train_TwoPaths_ReadsMoreThanTheLastItem(string trainer)
    {
        int[][] histories = [.. Enumerable.Range(0, 80).Select(user => user % 2 == 0 ? new[] { 0, 2, 4 } : [1, 2, 5])];
        using var folder = new TestFolder(trainer, Options(epochs: 100, validation: 0, learningRate: 0.003), 6, histories);

        Assert.Equal(0, folder.Train().Code);

        var model = TrainedModels.Sequence(folder, [.. histories, [3]]);
        Assert.Equal(4, TrainedModels.BestAfter(model, 0, 2));
        Assert.Equal(5, TrainedModels.BestAfter(model, 1, 2));
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec")]
    public void Train_SameSeed_GivesTheSameModelAndAnotherSeedAnother(string trainer)
    {
        using var first = Trained(1);
        using var second = Trained(1);
        using var third = Trained(2);

        Assert.Equal(first.ModelArray("item-factors"), second.ModelArray("item-factors"));
        Assert.Equal(first.ModelArray("encoder-weights"), second.ModelArray("encoder-weights"));
        Assert.NotEqual(first.ModelArray("item-factors"), third.ModelArray("item-factors"));

        TestFolder Trained(int seed)
        {
            var folder = new TestFolder(trainer, Options(negatives: 8, epochs: 3), ItemCount, Circle(), seed);
            Assert.Equal(0, folder.Train().Code);
            return folder;
        }
    }

    [Fact]
    public void Train_HeldOutItemsGainNoMore_EndsEarlyWithTheBest()
    {
        using var folder = new TestFolder("sasrec", Options(epochs: 10_000, validation: 0.5, patience: 3), ItemCount, Circle());

        var (code, output) = folder.Train();

        Assert.Equal(0, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.InRange(lines[^1].GetProperty("fraction").GetDouble(), 0, 0.1);
        Assert.StartsWith("training, nDCG@10 of held-out items 1.0", lines[^1].GetProperty("stage").GetString(), StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.GetProperty("stage").GetString()!.Length, 1, 64));
    }

    [Fact]
    public void Train_Progress_AscendsToTheEnd()
    {
        using var folder = new TestFolder("sasrec", Options(epochs: 30), ItemCount, Circle());

        var fractions = folder.Train().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("fraction").GetDouble()).ToList();

        Assert.True(fractions.Count > 10);
        Assert.Equal(fractions.Order(), fractions);
        Assert.Equal(1, fractions[^1]);
    }

    [Theory]
    [InlineData("sasrec")]
    [InlineData("gru4rec")]
    public void Train_ItemsThatNoSequenceHas_AreUnknown(string trainer)
    {
        using var folder = new TestFolder(trainer, Small, 5, [[0, 1], [1, 0], [3]]);

        Assert.Equal(0, folder.Train().Code);

        var rows = folder.ModelArray("item-factors").Chunk(16).ToList();
        Assert.Equal([true, true, false, false, false], rows.Select(row => row.All(float.IsFinite)));
        Assert.All(rows.Skip(2), row => Assert.All(row, value => Assert.True(float.IsNaN(value))));
    }

    [Theory]
    [InlineData("sasrec", 0)]
    [InlineData("gru4rec", 0)]
    [InlineData("sasrec", 3)]
    public void Train_NothingToLearn_LeavesAModelThatKnowsNothing(string trainer, int items)
    {
        using var folder = new TestFolder(trainer, Small, items, items == 0 ? [] : [[0], [2]]);

        Assert.Equal(0, folder.Train().Code);

        Assert.Equal(16 * items, folder.ModelArray("item-factors").Count(float.IsNaN));
    }

    [Fact]
    public void Train_MemoryThatIsNotThere_IsRefusedWithAReason() =>
        AssertFails(new TestFolder("sasrec", Small, ItemCount, Circle(), memory: 1_000), "choose fewer negatives, a smaller batchSize, or raise the bound");

    [Fact]
    public void Train_HeadsThatDoNotDivide_AreRefusedWithAReason() =>
        AssertFails(new TestFolder("sasrec", new { factors = 16, heads = 3 }, ItemCount, Circle()), "heads (3) must divide factors (16)");

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("abacus")]
    public void Train_DeviceThatIsNotThere_IsRefusedWithAReason(string device) =>
        AssertFails(new TestFolder("sasrec", Small, ItemCount, Circle(), device: device), $"has no device '{device}'");

    [Fact]
    public void Train_LearningRateTooHigh_SaysThatItDiverged() =>
        AssertFails(new TestFolder("gru4rec", new { factors = 16, hidden = 8, learningRate = 1e30, epochs = 50, batchSize = 8 }, ItemCount, Circle()), "Training diverged");

    [Fact]
    public void Train_OtherTrainer_IsRefusedWithAReason() => AssertFails(new TestFolder("transformer-xxl", Small, ItemCount, Circle()), "no trainer 'transformer-xxl'");

    [Fact]
    public void Train_OtherProtocol_IsRefusedWithAReason() => AssertFails(new TestFolder("sasrec", Small, ItemCount, Circle(), protocol: 2), "protocol 2; this program reads 1");

    /// <summary>As the service ends it: by a signal, and by closing its input when the service is gone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Train_EndedFromOutside_EndsWithinTwoSeconds(bool bySignal)
    {
        using var folder = new TestFolder("sasrec", Options(epochs: 10_000), ItemCount, Circle());
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var word in new[] { typeof(Worker).Assembly.Location, "train", folder.Location })
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        while (!(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Contains("nDCG", StringComparison.Ordinal) && !process.HasExited)
        {
        }

        if (bySignal)
            Process.Start("kill", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)).Dispose();
        else
            process.StandardInput.Close();

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await process.WaitForExitAsync(deadline.Token);
        Assert.NotEqual(0, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(folder.Location, "model", "model.json")));
    }

    private static void AssertFails(TestFolder folder, string reason)
    {
        using (folder)
        {
            var (code, output) = folder.Train();

            Assert.Equal(2, code);
            Assert.Contains(reason, JsonElement.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    private static object Options(string loss = "cross-entropy", int negatives = 0, int epochs = 60, double validation = 0.1, int patience = 10_000, double learningRate = 0.01) => new
    {
        factors = 16,
        inner = 32,
        blocks = 1,
        hidden = 32,
        maxLength = 10,
        epochs,
        batchSize = 16,
        learningRate,
        dropout = 0.1,
        loss,
        negatives,
        validationFraction = validation,
        patience,
    };

    private static int[][] Circle() => [.. Enumerable.Range(0, 120).Select(user => Enumerable.Range(0, 4 + (user % 3)).Select(place => ((user * 5) + place) % ItemCount).ToArray())];
}
