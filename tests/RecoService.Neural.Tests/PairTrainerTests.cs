using System.Text.Json;
using RecoService.Engine.Algorithms.NeuMf;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using TorchSharp;

namespace RecoService.Neural.Tests;

/// <summary>The trainers of pairs, on a checkerboard: even users want even items and odd users odd ones, and nobody has the item of their own number.</summary>
public sealed class PairTrainerTests
{
    private const int Size = 20;

    [Theory]
    [InlineData("lightgcn")]
    [InlineData("neural-mf")]
    public void Train_Checkerboard_RanksTheWithheldItemBeforeThoseOfTheOtherColour(string trainer)
    {
        using var folder = new TestFolder(trainer, Options(), Size, Checkerboard());

        var (code, output) = folder.Train();

        Assert.True(code == 0, output);
        // Every item has as many users as any other, so that popularity cannot tell the colours apart.
        for (var user = 0; user < Size; user++)
            Assert.All(Enumerable.Range(0, Size).Where(item => item % 2 != user % 2), other => Assert.True(Score(folder, user, user) > Score(folder, user, other), $"user {user}, item {other}"));
    }

    [Theory]
    [InlineData("lightgcn")]
    [InlineData("neural-mf")]
    public void Train_SameSeed_GivesTheSameModelAndAnotherSeedAnother(string trainer)
    {
        using var first = Trained(1);
        using var second = Trained(1);
        using var third = Trained(2);

        Assert.Equal(first.ModelArray("item-factors"), second.ModelArray("item-factors"));
        Assert.Equal(first.ModelArray("user-factors"), second.ModelArray("user-factors"));
        Assert.NotEqual(first.ModelArray("item-factors"), third.ModelArray("item-factors"));

        TestFolder Trained(int seed)
        {
            var folder = new TestFolder(trainer, Options(epochs: 3), Size, Checkerboard(), seed);
            Assert.Equal(0, folder.Train().Code);
            return folder;
        }
    }

    [Fact]
    public void Train_NeuMf_RanksTheWithheldItemBeforeThoseOfTheOtherColour()
    {
        // A network that is free to can learn by heart that a withheld pair did not happen.
        using var folder = new TestFolder("neumf", Options(epochs: 60, regularization: 0.02), Size, Checkerboard());

        var (code, output) = folder.Train();

        Assert.True(code == 0, output);
        var model = NeuMf(folder, Size);
        var scores = new float[Size];
        for (var user = 0; user < Size; user++)
        {
            model.Score(new UserHistory(user), [.. Enumerable.Range(0, Size)], scores);
            Assert.All(Enumerable.Range(0, Size).Where(item => item % 2 != user % 2), other => Assert.True(scores[user] > scores[other], $"user {user}, item {other}"));
        }
    }

    [Fact]
    public void NeuMf_RandomWeights_GivesTheScoresOfTorchInTheEngine()
    {
        using var folder = new TestFolder("neumf", Options(epochs: 1), Size, Checkerboard());
        var network = PairNetwork.Of(Sequences.Of(DatasetFolder.Open(folder.Location)), new PairOptions(8, 1, 1, 1, 0, 1, 0, 1), torch.CPU);
        using var still = torch.no_grad();
        foreach (var parameter in network.Parameters)
            parameter.copy_(torch.randn(parameter.shape) * 0.5);
        int[] all = [.. Enumerable.Range(0, Size)];
        network.Write(DatasetFolder.Open(folder.Location), all, all);
        var expected = network.ScoreAll(torch.tensor(Array.ConvertAll(all, user => (long)user))).Values();

        var model = NeuMf(folder, Size);

        var scores = new float[Size];
        foreach (var user in all)
        {
            model.Score(new UserHistory(user), all, scores);
            for (var item = 0; item < Size; item++)
                Assert.Equal(expected[(user * Size) + item], scores[item], 1e-4f);
        }
    }

    [Fact]
    public void Train_NeuMfOfOddFactors_IsRefusedWithAReason()
    {
        using var folder = new TestFolder("neumf", new { factors = 7 }, Size, Checkerboard());

        Assert.Contains("factors (7) must be even", folder.Train().Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// One user with two items of their own: edges weigh 1 / sqrt 2. With one layer the user's row is half of their first row and of (a + b) / sqrt 2, and each item's half of its own and of u / sqrt 2.
    /// A learning rate of nearly nothing leaves the first rows as they were drawn, which are the same for the same seed, without the graph too.
    /// </summary>
    [Fact]
    public void Train_OneLayer_AveragesTheRowsOfNeighbours()
    {
        using var still = new TestFolder("neural-mf", Options(epochs: 1, learningRate: 1e-12), 2, [[0, 1]]);
        using var graph = new TestFolder("lightgcn", Options(epochs: 1, learningRate: 1e-12, layers: 1), 2, [[0, 1]]);
        Assert.Equal(0, still.Train().Code);
        Assert.Equal(0, graph.Train().Code);

        var (user, items) = (still.ModelArray("user-factors"), still.ModelArray("item-factors"));
        var root = MathF.Sqrt(2);
        for (var factor = 0; factor < 8; factor++)
        {
            Assert.Equal((user[factor] + ((items[factor] + items[8 + factor]) / root)) / 2, graph.ModelArray("user-factors")[factor], 1e-5f);
            Assert.Equal((items[factor] + (user[factor] / root)) / 2, graph.ModelArray("item-factors")[factor], 1e-5f);
        }
    }

    [Theory]
    [InlineData("lightgcn")]
    [InlineData("neural-mf")]
    public void Train_UsersAndItemsWithoutPairs_AreUnknown(string trainer)
    {
        using var folder = new TestFolder(trainer, Options(epochs: 2), 3, [[0, 2], [], [2]]);

        Assert.Equal(0, folder.Train().Code);

        Assert.Equal([true, false, true], folder.ModelArray("user-factors").Chunk(8).Select(row => row.All(float.IsFinite)));
        Assert.Equal([true, false, true], folder.ModelArray("item-factors").Chunk(8).Select(row => row.All(float.IsFinite)));
        Assert.Equal([true, false, true], folder.ModelArray("item-biases").Select(float.IsFinite));
        Assert.Equal("comparisons", folder.Model.GetProperty("foldIn").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("lightgcn")]
    [InlineData("neural-mf")]
    public void Train_NothingAtAll_LeavesAnEmptyModel(string trainer)
    {
        using var folder = new TestFolder(trainer, Options(), 0, []);

        Assert.Equal(0, folder.Train().Code);

        Assert.Empty(folder.ModelArray("item-factors"));
        Assert.Empty(folder.ModelArray("user-factors"));
    }

    [Fact]
    public void Train_MemoryThatIsNotThere_IsRefusedWithAReason()
    {
        using var folder = new TestFolder("lightgcn", Options(), Size, Checkerboard(), memory: 1_000);

        var (code, output) = folder.Train();

        Assert.Equal(2, code);
        Assert.Contains("choose fewer factors, or raise the bound", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_EveryTrainer_HasOptionsThatItReads()
    {
        var trainers = JsonElement.Parse(Worker.Describe()).GetProperty("trainers").EnumerateArray().ToList();

        Assert.Equal(["sasrec", "gru4rec", "lightgcn", "neumf", "neural-mf"], trainers.Select(trainer => trainer.GetProperty("name").GetString()));
        foreach (var trainer in trainers)
        {
            var members = (trainer.GetProperty("name").GetString() is "sasrec" or "gru4rec" ? typeof(SequenceOptions) : typeof(PairOptions)).GetProperties().Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name));
            Assert.Empty(trainer.GetProperty("options").GetProperty("properties").EnumerateObject().Select(option => option.Name).Except(members, StringComparer.Ordinal));
        }
    }

    private static NeuMfModel NeuMf(TestFolder folder, int size) => new(
        KeyMap.FromAscending([.. Enumerable.Range(0, size)]), KeyMap.FromAscending([.. Enumerable.Range(0, size)]), new FactorMatrix(size, 16, folder.ModelArray("user-rows")),
        new FactorMatrix(size, 16, folder.ModelArray("item-rows")), folder.ModelArray("network-weights"));

    private static float Score(TestFolder folder, int user, int item)
    {
        var (users, items) = (folder.ModelArray("user-factors"), folder.ModelArray("item-factors"));
        return folder.ModelArray("item-biases")[item] + Enumerable.Range(0, 8).Sum(factor => users[(user * 8) + factor] * items[(item * 8) + factor]);
    }

    private static object Options(int epochs = 100, double learningRate = 0.02, int layers = 2, double regularization = 0.001) =>
        new { factors = 8, layers, epochs, batchSize = 64, learningRate, regularization, dropout = 0, negatives = 2, validationFraction = 0, patience = 1_000 };

    private static int[][] Checkerboard() => [.. Enumerable.Range(0, Size).Select(user => Enumerable.Range(0, Size).Where(item => item % 2 == user % 2 && item != user).ToArray())];
}
