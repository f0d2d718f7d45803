using System.Text.Json;

namespace RecoService.MlNet.Tests;

/// <summary>The program as the service calls it.</summary>
public sealed class WorkerTests
{
    private static readonly object Options = new { factors = 5, epochs = 200, negatives = 4, popularity = 0, learningRate = 0.1, regularization = 0.0001, biasRegularization = 0.0001 };

    [Fact]
    public void Describe_Text_IsTheFileBesideTheProgram()
    {
        var (code, output, _) = Run("describe");

        Assert.Equal(0, code);
#if !ENABLE_MLNET_RECOMMENDER
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "describe.json"))), JsonElement.Parse(output)));
#endif
        Assert.Equal("ml-logistic-mf", JsonElement.Parse(output).GetProperty("trainers")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData]
    [InlineData("train")]
    [InlineData("fly")]
    [InlineData("train", "a", "b")]
    public void Run_OtherWords_SayHowToCallIt(params string[] words)
    {
        var (code, output, errors) = Run(words);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("Usage:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TwoTastes_RanksTheWithheldItemOfOnesOwnFirst()
    {
        using var folder = Tastes(seed: 1);

        var (code, output, _) = Run("train", folder.Location);

        Assert.True(code == 0, output);
        Assert.Equal(("factors", 8, "comparisons"), (
            folder.Model.GetProperty("form").GetString(), folder.Model.GetProperty("factors").GetInt32(), folder.Model.GetProperty("foldIn").GetProperty("kind").GetString()));
        // User u wants the items of u's parity, except item u: of what they do not have, that one must be first.
        for (var user = 0; user < 8; user++)
        {
            var others = Enumerable.Range(0, 8).Where(item => item % 2 != user % 2);
            Assert.All(others, other => Assert.True(Score(folder, user, user) > Score(folder, user, other), $"user {user}, item {other}"));
        }
    }

    [Fact]
    public void Train_Progress_AscendsToTheEndAsLinesOfJson()
    {
        using var folder = Tastes(seed: 1);

        var fractions = Run("train", folder.Location).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line).GetProperty("fraction").GetDouble()).ToList();

        Assert.True(fractions.Count > 10);
        Assert.Equal(fractions.Order(), fractions);
        Assert.InRange(fractions[^1], 0.9, 1);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameModelAndAnotherSeedAnother()
    {
        using var first = Tastes(seed: 1);
        using var second = Tastes(seed: 1);
        using var third = Tastes(seed: 2);
        foreach (var folder in new[] { first, second, third })
            Run("train", folder.Location);

        Assert.Equal(first.ModelArray("item-factors"), second.ModelArray("item-factors"));
        Assert.NotEqual(first.ModelArray("item-factors"), third.ModelArray("item-factors"));
    }

    [Fact]
    public void Train_WithoutPairs_LeavesAModelThatKnowsNobody()
    {
        using var folder = new TestFolder("ml-logistic-mf", Options, users: 2, items: 3, [(0, 1, -4)]);

        Assert.Equal(0, Run("train", folder.Location).Code);

        Assert.All(folder.ModelArray("user-factors").Concat(folder.ModelArray("item-biases")), value => Assert.True(float.IsNaN(value)));
        Assert.Equal((16, 24), (folder.ModelArray("user-factors").Length, folder.ModelArray("item-factors").Length));
    }

    [Fact]
    public void Train_EmptyDataset_LeavesAnEmptyModel()
    {
        using var folder = new TestFolder("ml-logistic-mf", Options, users: 0, items: 0, []);

        Assert.Equal(0, Run("train", folder.Location).Code);

        Assert.Empty(folder.ModelArray("item-factors"));
    }

    [Fact]
    public void Train_OneUserOneItem_IsTrained()
    {
        using var folder = new TestFolder("ml-logistic-mf", Options, users: 1, items: 1, [(0, 0, 1)]);

        Assert.Equal(0, Run("train", folder.Location).Code);

        Assert.All(folder.ModelArray("user-factors"), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Train_OfThoseWithoutPositivePairs_SaysNothing()
    {
        using var folder = new TestFolder("ml-logistic-mf", Options, users: 3, items: 3, [(0, 0, 1), (1, 0, -1), (2, 2, 1)]);

        Run("train", folder.Location);

        Assert.True(float.IsNaN(folder.ModelArray("user-factors")[8]));
        Assert.True(float.IsNaN(folder.ModelArray("item-factors")[8]));
        Assert.True(float.IsFinite(folder.ModelArray("item-factors")[16]));
    }

    [Theory]
    [InlineData("ml-none", 1L << 30, "little", 1, "no trainer 'ml-none'")]
    [InlineData("ml-lambda-rank", 1L << 30, "little", 1, "no features for a ranking")]
    [InlineData("ml-logistic-mf", 100, "little", 1, "choose fewer factors, or raise the bound")]
    [InlineData("ml-logistic-mf", 1L << 30, "big", 1, "of another byte order")]
    [InlineData("ml-logistic-mf", 1L << 30, "little", 2, "of protocol 2; this program reads 1")]
    public void Train_WhatCannotBe_IsSaidAsAnError(string trainer, long memory, string byteOrder, int protocol, string error)
    {
        using var folder = new TestFolder(trainer, Options, users: 3, items: 3, [(0, 0, 1)], memory: memory, byteOrder: byteOrder, protocol: protocol);

        var (code, output, _) = Run("train", folder.Location);

        Assert.Equal(2, code);
        Assert.Contains(error, JsonElement.Parse(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_NoFolder_IsSaidAsAnError() => Assert.Contains("There is no manifest.json", Run("train", "no-such-folder").Output, StringComparison.Ordinal);

    [Fact]
    public void Train_DamagedArray_IsSaidAsAnError()
    {
        using var folder = Tastes(seed: 1);
        File.AppendAllText(Path.Combine(folder.Location, "weight-items"), "x");

        Assert.Contains("The array weight-items is damaged", Run("train", folder.Location).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Diverging_IsSaidAsAnError()
    {
        using var folder = new TestFolder(
            "ml-logistic-mf", new { factors = 4, epochs = 5, negatives = 1, popularity = 0, learningRate = 1e38, regularization = 1, biasRegularization = 1 }, users: 8, items: 8, TastePairs());

        Assert.Contains("Training diverged", Run("train", folder.Location).Output, StringComparison.Ordinal);
    }

    private static TestFolder Tastes(int seed) => new("ml-logistic-mf", Options, users: 8, items: 8, TastePairs(), seed);

    private static (int User, int Item, float Weight)[] TastePairs() =>
        [.. from user in Enumerable.Range(0, 8) from item in Enumerable.Range(0, 8) where item % 2 == user % 2 && item != user select (user, item, 1f)];

    private static float Score(TestFolder folder, int user, int item)
    {
        var (users, items) = (folder.ModelArray("user-factors"), folder.ModelArray("item-factors"));
        return folder.ModelArray("item-biases")[item] + Enumerable.Range(0, 8).Sum(factor => users[(user * 8) + factor] * items[(item * 8) + factor]);
    }

    private static (int Code, string Output, string Errors) Run(params string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (Worker.Run(words, output, errors), output.ToString(), errors.ToString());
    }
}
