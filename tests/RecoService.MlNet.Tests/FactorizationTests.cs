using System.Text.Json;

namespace RecoService.MlNet.Tests;

/// <summary>What stands around ML.NET's matrix factorization, with another factorization in its place.</summary>
public sealed class FactorizationTests
{
    [Fact]
    public void Ratings_Labels_AreStandardizedAndTheFactorsScaledBack()
    {
        using var folder = Ratings((0, 0, 2), (0, 1, 4), (1, 0, 2), (1, 1, 4));
        float[] labels = [];

        RatingFactorization.Train(Open(folder), Silent, (cells, _) =>
        {
            labels = cells.Labels;
            return ([1, 0, 1, 0, 9, 9], [-1, 0, 1, 0, 9, 9]);
        });

        Assert.Equal([-1, 1, -1, 1], labels);
        Assert.Equal([-1, 0, 1, 0, float.NaN, float.NaN], folder.ModelArray("item-factors"));
        Assert.Equal([1, 0, 1, 0, float.NaN, float.NaN], folder.ModelArray("user-factors"));
        Assert.Equal((3, "ratings", 0.1), (
            folder.Model.GetProperty("mean").GetDouble(), folder.Model.GetProperty("foldIn").GetProperty("kind").GetString(), folder.Model.GetProperty("foldIn").GetProperty("regularization").GetDouble()));
    }

    [Fact]
    public void Ratings_Deviation_ScalesItemsAndFoldIn()
    {
        using var folder = Ratings((0, 0, 1), (0, 1, 5));

        RatingFactorization.Train(Open(folder), Silent, (_, _) => ([1, 0, 0, 0, 0, 0], [-1, 0, 1, 0, 0, 0]));

        Assert.Equal([-2, 0, 2, 0], folder.ModelArray("item-factors")[..4]);
        Assert.Equal(0.4, folder.Model.GetProperty("foldIn").GetProperty("regularization").GetDouble(), precision: 12);
    }

    [Fact]
    public void Ratings_AllTheSame_AreRefused()
    {
        using var folder = Ratings((0, 0, 4), (1, 1, 4));

        var exception = Assert.Throws<WorkerException>(() => RatingFactorization.Train(Open(folder), Silent, (_, _) => throw new InvalidOperationException()));

        Assert.Contains("ratings that are all 4", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5f)]
    [InlineData(float.NaN)]
    public void Ratings_PredictedWorseThanByTheirMean_AreRefused(float factor)
    {
        using var folder = Ratings((0, 0, 2), (0, 1, 4));

        Assert.Throws<WorkerException>(() => RatingFactorization.Train(Open(folder), Silent, (_, _) => ([factor, factor, 0, 0, 0, 0], [factor, 0, factor, 0, 0, 0])));
    }

    [Fact]
    public void Ratings_None_LeaveAModelThatKnowsNobody()
    {
        using var folder = Ratings();

        RatingFactorization.Train(Open(folder), Silent, (_, _) => throw new InvalidOperationException());

        Assert.All(folder.ModelArray("item-factors"), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void OneClass_PairsAgainstAnItem_AreLeftOut()
    {
        using var folder = Pairs((0, 0, 5), (0, 1, -4), (1, 1, 1));
        Cells? given = null;

        OneClassFactorization.Train(Open(folder), Silent, (cells, _) =>
        {
            given = cells;
            return ([1, 2, 3, 4, 9, 9], [5, 6, 7, 8, 9, 9]);
        });

        Assert.Equal([0, 1], given!.Users);
        Assert.Equal([0, 1], given.Items);
        Assert.Equal([1, 1], given.Labels);
        Assert.Equal([5, 6, 7, 8, float.NaN, float.NaN], folder.ModelArray("item-factors"));
        var foldIn = folder.Model.GetProperty("foldIn");
        Assert.Equal(("pairs", 3.0, 28.0), (foldIn.GetProperty("kind").GetString(), foldIn.GetProperty("excess").GetDouble(), foldIn.GetProperty("regularization").GetDouble()));
    }

    [Fact]
    public void OneClass_Diverged_IsRefused()
    {
        using var folder = Pairs((0, 0, 1));

        Assert.Throws<WorkerException>(() => OneClassFactorization.Train(Open(folder), Silent, (_, _) => ([float.NaN, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void OneClass_NoPairs_LeavesAModelThatKnowsNobody()
    {
        using var folder = Pairs((0, 0, -1));

        OneClassFactorization.Train(Open(folder), Silent, (_, _) => throw new InvalidOperationException());

        Assert.All(folder.ModelArray("user-factors"), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Description_OfTheRecommender_HasADefaultForEveryMember()
    {
        var trainers = JsonElement.Parse(Description.Read("describe.recommender.json")).GetProperty("trainers");

        Assert.Equal(new RatingFactorizationOptions(32, 20, 0.1, 0.1), DefaultsOf<RatingFactorizationOptions>(trainers[0]));
        Assert.Equal(new OneClassFactorizationOptions(64, 10, 0.3, 7), DefaultsOf<OneClassFactorizationOptions>(trainers[1]));
    }

    private static readonly ProgressWriter Silent = new(TextWriter.Null);

    private static T DefaultsOf<T>(JsonElement trainer) => JsonSerializer.Deserialize<T>(
        JsonSerializer.Serialize(trainer.GetProperty("options").GetProperty("properties").EnumerateObject().ToDictionary(option => option.Name, option => option.Value.GetProperty("default"))),
        new JsonSerializerOptions(JsonSerializerDefaults.Web))!;

    private static DatasetFolder Open(TestFolder folder) => DatasetFolder.Open(folder.Location);

    private static TestFolder Ratings(params (int User, int Item, float Rating)[] ratings) =>
        new("ml-matrix-factorization", new { factors = 2, epochs = 1, learningRate = 0.1, regularization = 0.1 }, users: 3, items: 3, ratings, part: "rating");

    private static TestFolder Pairs(params (int User, int Item, float Weight)[] pairs) =>
        new("ml-one-class-mf", new { factors = 2, epochs = 1, alpha = 0.25, regularization = 7 }, users: 3, items: 3, pairs);
}
