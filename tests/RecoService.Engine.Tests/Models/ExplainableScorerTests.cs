using MathNet.Numerics.LinearAlgebra;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Composition;

namespace RecoService.Engine.Tests.Models;

/// <summary>
/// The contract of models that explain: what the history's items add makes up the score, and the items named first are those without which it falls, by as much as
/// they are said to add.
/// </summary>
public sealed class ExplainableScorerTests
{
    /// <summary>Sums: without an item exactly its contribution is missing.</summary>
    private static readonly string[] Sums = ["item-knn", "ease", "slim", "rp3beta", "gf-cf", "pure-svd", "popularity"];

    /// <summary>A sum in which an item that weighs nothing keeps its place among the others.</summary>
    private static readonly string[] Fading = ["sequence"];

    /// <summary>Sums over their own length, which is another without an item.</summary>
    private static readonly string[] Normalised = ["content", "simplex"];

    /// <summary>Sums by equations that are others without an item.</summary>
    private static readonly string[] LeastSquares = ["implicit-als"];

    /// <summary>The same of ratings, of which the mean and the item's bias are no matter of the history.</summary>
    private static readonly string[] Regressions = ["biased-mf", "svd++"];

    public static TheoryData<string, string> Cases(params string[][] kinds) =>
        [.. kinds.SelectMany(names => names).SelectMany(name => new[] { (name, "checkerboard"), (name, "random") })];

    public static TheoryData<string, string> All => Cases(Sums, Fading, Normalised, LeastSquares, Regressions);

    public static TheoryData<string, string> SumCases => Cases(Sums[..^1]);

    public static TheoryData<string, string> FadingCases => Cases(Fading);

    public static TheoryData<string, string> NormalisedCases => Cases(Normalised);

    public static TheoryData<string, string> LeastSquaresCases => Cases(LeastSquares);

    /// <summary>Every trainer whose model says that it can explain is in the contract, and no other is.</summary>
    [Fact]
    public void CanExplain_TrainersOfThisLibrary_AreThoseOfTheContract()
    {
        var data = Ratings(Samples.Data("random", isDescribed: true));
        string[] composed = ["hybrid", "logistic-regression", "linear-svm", "policy-gradient", "repeat-blend"];
        var explaining = BuiltInTrainers.Registry.Names.Except(composed).Where(name => Samples.Part(name, data).Model is IExplainableScorer { CanExplain: true });

        Assert.Equal([.. Sums.Concat(Fading).Concat(Normalised).Concat(LeastSquares).Concat(Regressions).Order()], explaining.Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Contributions_OfAHistory_MakeUpTheScore(string name, string dataName)
    {
        var data = Samples.Data(dataName, isDescribed: true);
        data = Regressions.Contains(name) ? Ratings(data) : data;
        var model = (IExplainableScorer)Samples.Part(name, data).Model;
        var all = Explained.All(model, data);

        Assert.True(all.Count >= 10);
        foreach (var explained in all)
        {
            // What everybody likes is no matter of a history.
            var score = name == "popularity" ? 0 : explained.Score;
            if (model is FactorModel { HasBiases: true } rated)
                score -= rated.Mean + rated.ItemBiases[explained.Candidate];
            Assert.Equal(score, explained.Contributions.Sum(), 1e-3f * Math.Max(1, Math.Abs(score)));
            Assert.All(explained.Codes, code => Assert.Equal(name switch { "popularity" => ReasonCode.Popular, "content" => ReasonCode.Content, _ => ReasonCode.History }, code));
        }
    }

    [Theory]
    [MemberData(nameof(SumCases))]
    public void Contributions_LargestTakenAway_AreMissingInTheScore(string name, string dataName)
    {
        var data = Samples.Data(dataName, isDescribed: true);
        foreach (var explained in Explained.All((IExplainableScorer)Samples.Part(name, data).Model, data))
        {
            Assert.NotEmpty(explained.Largest);
            Assert.Equal(explained.Taken(explained.Contributions), explained.Score - explained.ScoreOf(explained.Candidate, explained.Largest), 1e-3f * Math.Max(1, Math.Abs(explained.Score)));
        }
    }

    [Theory]
    [MemberData(nameof(FadingCases))]
    public void Contributions_LargestWeighNothing_AreMissingInTheScore(string name, string dataName)
    {
        var data = Samples.Data(dataName, isDescribed: true);
        foreach (var explained in Explained.All((IExplainableScorer)Samples.Part(name, data).Model, data))
        {
            Assert.NotEmpty(explained.Largest);
            var fall = explained.Score - explained.ScoreOf(explained.Candidate, explained.Largest, keepsPlaces: true);
            Assert.Equal(explained.Taken(explained.Contributions), fall, 1e-3f * Math.Max(1, Math.Abs(explained.Score)));
        }
    }

    /// <summary>
    /// The length of the history's sum is another without an item, and the same for two candidates, so that their ratio tells what is missing. Items fade by their
    /// places, which they keep here.
    /// </summary>
    [Theory]
    [MemberData(nameof(NormalisedCases))]
    public void Contributions_LargestWeighNothing_AreMissingButForTheLength(string name, string dataName)
    {
        var data = Samples.Data(dataName, isDescribed: true);
        var compared = 0;
        foreach (var explained in Explained.All((IExplainableScorer)Samples.Part(name, data).Model, data))
        {
            Assert.NotEmpty(explained.Largest);
            var left = explained.Score - explained.Taken(explained.Contributions);
            var leftOfOther = explained.ScoreOf(explained.Other, []) - explained.Taken(explained.OthersContributions);
            if (Math.Abs(left) < 0.02 || Math.Abs(leftOfOther) < 0.02)
                continue;
            compared++;
            var ratio = explained.ScoreOf(explained.Candidate, explained.Largest, keepsPlaces: true) / explained.ScoreOf(explained.Other, explained.Largest, keepsPlaces: true);
            Assert.Equal(left / leftOfOther, ratio, 0.02f * Math.Max(1, Math.Abs(ratio)));
        }

        Assert.True(compared >= 5);
    }

    [Theory]
    [MemberData(nameof(LeastSquaresCases))]
    public void Contributions_LargestTakenAway_LowerTheScoreMoreThanTheLeast(string name, string dataName)
    {
        var data = Samples.Data(dataName);
        var (falls, least, count) = (0.0, 0.0, 0);
        foreach (var explained in Explained.All((IExplainableScorer)Samples.Part(name, data).Model, data))
        {
            Assert.NotEmpty(explained.Largest);
            int[] smallest = [.. Enumerable.Range(0, explained.HistoryLength).OrderBy(position => explained.Contributions[position]).Take(explained.Largest.Length)];
            falls += explained.Score - explained.ScoreOf(explained.Candidate, explained.Largest);
            least += explained.Score - explained.ScoreOf(explained.Candidate, smallest);
            count++;
        }

        Assert.True(count >= 10);
        Assert.True(falls > 0);
        // All items of a side of the board are as good as each other.
        if (dataName == "random")
            Assert.True(falls > least + (0.05 * count));
    }

    /// <summary>c_i y_i' A^-1 y_j with A = Y'Y + Y'(C - I)Y + lambda I of one factor: 5.25 + 3 (1 + 4) + 0.75 = 21.</summary>
    [Fact]
    public void Contributions_LeastSquaresOfOneFactor_AreThoseOfThePaper()
    {
        var factors = new FactorMatrix(4, 1, [1, 2, 0.5f, float.NaN]);
        var model = new FactorModel(
            KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2, 3, 4]), new FactorMatrix(1, 1, [float.NaN]), factors,
            foldIn: FoldIns.OfPairs(factors, excess: 3, regularization: 0.75f));
        var (contributions, codes, scores) = (new float[6], new ReasonCode[2], new float[1]);
        var history = new UserHistory(-1, [0, 1, 3], [7, 1, 1], [1, 2, 3], [float.NaN, float.NaN, float.NaN]);

        model.Contributions(history, [2, 3], contributions, codes);
        model.Score(history, [2], scores);

        // 4 * 1 * 0.5 / 21 and 4 * 2 * 0.5 / 21; nothing of an item without factors, nor for one.
        Assert.Equal([0.09524f, 0.19048f, 0, 0, 0, 0], contributions.Select(value => MathF.Round(value, 5)));
        Assert.Equal(6f / 21, scores[0], 5);
    }

    /// <summary>Against a dense solution in double precision, with weights for and against.</summary>
    [Fact]
    public void Contributions_LeastSquaresOfManyFactors_AreThoseOfADenseSolution()
    {
        const int Items = 30;
        const int Factors = 8;
        var values = Datasets.Floats(Items * Factors, seed: 5);
        var factors = new FactorMatrix(Items, Factors, values);
        var options = new ImplicitAlsOptions { Alpha = 2, Confidence = ConfidenceScale.Linear, UnobservedWeight = 1 };
        var y = Matrix<double>.Build.Dense(Items, Factors, (row, column) => values[(row * Factors) + column]);
        var gram = y.TransposeThisAndMultiply(y);
        var model = new FactorModel(
            KeyMap.FromAscending([1]), KeyMap.FromAscending([.. Enumerable.Range(0, Items)]), new FactorMatrix(1, Factors), factors,
            foldIn: new ImplicitAlsFoldIn(options, new RowRegularization(0.5f), [.. gram.ToRowMajorArray().Select(value => (float)value)]));
        int[] items = [2, 3, 9, 11, 20];
        float[] weights = [1, 3, -2, 4, 1];
        var (contributions, codes) = (new float[2 * items.Length], new ReasonCode[2]);

        model.Contributions(new UserHistory(-1, items, weights, new long[5], new float[5]), [7, 25], contributions, codes);

        var matrix = gram + (0.5 * Matrix<double>.Build.DenseIdentity(Factors));
        for (var position = 0; position < items.Length; position++)
            matrix += 2 * Math.Abs(weights[position]) * y.Row(items[position]).OuterProduct(y.Row(items[position]));
        var inverse = matrix.Inverse();
        foreach (var (asked, item) in new[] { (0, 7), (1, 25) })
        {
            for (var position = 0; position < items.Length; position++)
            {
                var confidence = weights[position] > 0 ? 1 + (2 * weights[position]) : 0;
                Assert.Equal(confidence * (y.Row(items[position]) * inverse * y.Row(item)), contributions[(asked * items.Length) + position], 1e-4);
            }
        }
    }

    /// <summary>
    /// Ratings 5 and 2 of items with factor 1 and 2, mean 3, no biases, lambda 0.5: A = 1 + 4 + 2 * 0.5 = 6. To an item with factor 3 they add 3 (5 - 3) 1 / 6 and 3 (2 - 3) 2 / 6.
    /// </summary>
    [Fact]
    public void Contributions_RegressionOnTwoRatings_AreThoseOfTheEquations()
    {
        var factors = new FactorMatrix(4, 1, [1, 2, 3, 5]);
        var model = new FactorModel(
            KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2, 3, 4]), new FactorMatrix(1, 1, [float.NaN]), factors, mean: 3, foldIn: FoldIns.OfRatings(0.5f));
        var (contributions, scores) = (new float[3], new float[1]);
        var history = new UserHistory(-1, [0, 1, 3], [1, 1, 1], [1, 2, 3], [5, 2, float.NaN]);

        model.Contributions(history, [2], contributions, new ReasonCode[1]);
        model.Score(history, [2], scores);

        Assert.Equal([1, -1, 0], contributions.Select(value => MathF.Round(value, 5)));
        Assert.Equal(3, scores[0], 5);
    }

    [Fact]
    public void Contributions_LongHistory_CountItsNewestItems()
    {
        var count = FoldInHistory.MaxItems + 50;
        var factors = new FactorMatrix(count + 1, 2, Datasets.Floats((count + 1) * 2, seed: 2));
        var model = new FactorModel(
            KeyMap.FromAscending([1]), KeyMap.FromAscending([.. Enumerable.Range(0, count + 1)]), new FactorMatrix(1, 2), factors, foldIn: FoldIns.OfPairs(factors, 3, 1));
        int[] items = [.. Enumerable.Range(0, count)];
        var (contributions, scores) = (new float[count], new float[1]);
        var history = new UserHistory(-1, items, [.. items.Select(_ => 1f)], [.. items.Select(item => (long)item)], [.. items.Select(_ => float.NaN)]);

        model.Contributions(history, [count], contributions, new ReasonCode[1]);
        model.Score(history, [count], scores);

        Assert.All(contributions[..50], contribution => Assert.Equal(0, contribution));
        Assert.All(contributions[50..], contribution => Assert.NotEqual(0, contribution));
        Assert.Equal(scores[0], contributions.Sum(), 1e-3f);
    }

    [Fact]
    public void Contributions_FoldInThatIsNoSum_AreZero()
    {
        var data = Samples.Data("random");
        var model = (FactorModel)Samples.Part("bpr", data).Model;
        var contributions = Datasets.Floats(data.HistoryOf(1).Items.Length, seed: 1);

        Assert.False(model.CanExplain);
        model.Contributions(data.HistoryOf(1), [0], contributions, new ReasonCode[1]);
        Assert.All(contributions, contribution => Assert.Equal(0, contribution));
    }

    /// <summary>score = 0.5 s1 / 4 + 0.25 s2 / 2, for the best items of the parts score 4 and 2.</summary>
    [Fact]
    public void Contributions_Blend_AreThoseOfThePartsAsItWeighsThem()
    {
        var (users, items) = (KeyMap.FromAscending([1]), KeyMap.FromAscending([0, 1, 2, 3]));
        var first = new ItemWeightsModel(users, items, SparseMatrix.FromEntries(4, 4, [0, 1, 1], [2, 2, 3], [3, 1, 2]), new HistoryWeighting(HistoryScale.Binary));
        var second = new ItemWeightsModel(users, items, SparseMatrix.FromEntries(4, 4, [1, 0], [2, 3], [1, 2]), new HistoryWeighting(HistoryScale.Binary));
        var model = new ComposedModel(
            [new ModelPart("first", first), new ModelPart("second", second)], [new ModelPart("popularity", new PopularityModel(users, items, [1, 1, 1, 1]))],
            new WeightedBlend([0.5f, 0.25f]), depth: 4);
        var history = new UserHistory(-1, [0, 1], [1, 1], [1, 1], [float.NaN, float.NaN]);
        var (contributions, codes, scores) = (new float[6], new ReasonCode[3], new float[3]);

        model.Contributions(history, [2, 3, 0], contributions, codes);
        model.Score(history, [2, 3, 0], scores);

        // Item 2: 0 adds 3 to the first, 1 adds 1 to both. Item 3: 0 adds 2 to the second, 1 adds 2 to the first. Item 0: the fallback.
        Assert.Equal([3 * 0.125f, (1 * 0.125f) + (1 * 0.125f), 2 * 0.125f, 2 * 0.125f, 0, 0], contributions);
        Assert.Equal([contributions[0] + contributions[1], contributions[2] + contributions[3]], scores[..2]);
        Assert.Equal([ReasonCode.History, ReasonCode.History, ReasonCode.Popular], codes);
    }

    [Theory]
    [InlineData("checkerboard")]
    [InlineData("random")]
    public void Contributions_BlendWithPopularity_AreTheScoreButForIt(string dataName)
    {
        var data = Samples.Data(dataName);
        var model = Samples.Hybrid(data);
        var all = Explained.All(model, data);

        Assert.True(model.CanExplain);
        Assert.True(all.Count >= 10);
        foreach (var explained in all)
        {
            // Popularity has 0.2 of the score at most.
            Assert.InRange(explained.Contributions.Sum(), explained.Score - 0.2f - 1e-3f, explained.Score + 1e-3f);
            Assert.NotEmpty(explained.Largest);
        }

        Assert.True(all.Sum(explained => explained.Score - explained.ScoreOf(explained.Candidate, explained.Largest)) > 0);
    }

    [Fact]
    public void Contributions_SecondStage_AreSharesOfTheFirst()
    {
        var data = Samples.Data("random");
        var (model, first) = (Samples.TwoStage(data), (IExplainableScorer)Samples.Part("implicit-als", data).Model);
        foreach (var explained in Explained.All(model, data))
        {
            var alone = new float[explained.HistoryLength];
            var user = Enumerable.Range(0, data.Users.Count).First(user => data.HistoryOf(user).Items.Length == alone.Length && Matches(user));
            var history = data.HistoryOf(user);
            first.Contributions(new UserHistory(-1, history.Items, history.Weights, history.Times, history.Ratings), [explained.Candidate], alone, new ReasonCode[1]);
            var sum = alone.Where(value => value > 0).Sum();
            for (var position = 0; position < alone.Length; position++)
                Assert.Equal(alone[position] / sum, explained.Contributions[position], 1e-4f);

            bool Matches(int user) => explained.IsOf(data.HistoryOf(user));
        }
    }

    /// <summary>The same with ratings, without which some trainers have nothing to learn from.</summary>
    private static InteractionDataset Ratings(InteractionDataset data)
    {
        var builder = new InteractionDatasetBuilder(data.Kinds);
        for (var item = 0; item < data.Items.Count; item++)
            builder.AddContent(item, data.ContentOf(item)!);
        for (var user = 0; user < data.Users.Count; user++)
        {
            for (var position = 0; position < data.UserCount(user); position++)
            {
                var (item, time) = (data.UserItemIndexes(user)[position], data.UserTimes(user)[position]);
                builder.Add(user, item, Datasets.Purchase, 0, time);
                builder.Add(user, item, Datasets.Rating, 1 + ((user + item) % 5), time);
            }
        }

        return builder.Build();
    }
}
