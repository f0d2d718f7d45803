using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.RatingUserKnn;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.RatingUserKnn;

public sealed class RatingUserKnnTrainerTests : UserNeighboursContract
{
    private static readonly (int User, int Item, float Value)[] Ratings = [(1, 1, 5), (1, 2, 4), (2, 1, 3), (2, 2, 4), (3, 1, 2), (3, 2, 2), (1, 3, 3), (2, 3, 5)];

    protected override double QualityFloor => 0.4;

    protected override ITrainer CreateTrainer() =>
        new RatingUserKnnTrainer(new RatingUserKnnOptions { Shrinkage = 2, UserRegularization = 1, ItemRegularization = 1, MinNeighbours = 1 });

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    // A stranger gives item 1 a 5 and item 2 a 4. User 1 did the same: similarity 1 / (1 + 0), over 2 items (2 - 1) / (2 - 1 + 2) of it: 1/3.
    // User 2 differs by 2 and 0: 1 / (1 + 2), 1 / 3 of it: 1/9. User 3 did not rate item 3, users 1 and 2 gave it 3 and 5.
    [Theory]
    // (1/3 x 3 + 1/9 x 5) / (4/9); with one neighbour user 1 alone.
    [InlineData(RatingCentering.None, 60, 3.5f)]
    [InlineData(RatingCentering.None, 1, 3f)]
    // The stranger's mean is 4.5, both others' 4: 4.5 + (1/3 x -1 + 1/9 x 1) / (4/9).
    [InlineData(RatingCentering.Mean, 60, 4f)]
    // The stranger's deviation is 1/2, both others' sqrt(2/3): 4.5 + 1/2 x -1/2 / sqrt(2/3).
    [InlineData(RatingCentering.ZScore, 60, 4.5f - 0.3061862f)]
    // The items' mean ratings are 10/3, 10/3 and 4. The stranger's bias is (5/3 + 2/3) / (1 + 2) = 7/9, that of both others 4/3 / (1 + 3) = 1/3:
    // 4 + 7/9 + (1/3 x (3 - 4 - 1/3) + 1/9 x (5 - 4 - 1/3)) / (4/9) = 4 + 7/9 - 5/6.
    [InlineData(RatingCentering.Baseline, 60, 4 - (1 / 18f))]
    public void Score_Msd_EqualsTheAverageByHand(RatingCentering centering, int neighbours, float expected)
    {
        var model = Train(Options(centering, RatingSimilarity.Msd, neighbours: neighbours), Ratings);

        Assert.Equal(expected, ScoreOf(model, 2, (0, 5), (1, 4)), 1e-5f);
    }

    [Theory]
    [InlineData(RatingCentering.None, 3.5f)] // 28 / 8
    [InlineData(RatingCentering.Mean, 4.5f)] // the stranger's own
    [InlineData(RatingCentering.Baseline, 4 + (7 / 9f))]
    public void Score_FewerNeighboursThanAsked_IsWhatCenteringTakes(RatingCentering centering, float expected)
    {
        var model = Train(Options(centering, RatingSimilarity.Msd, minNeighbours: 3), Ratings);

        Assert.Equal(expected, ScoreOf(model, 2, (0, 5), (1, 4)), 1e-5f);
    }

    [Theory]
    [InlineData(RatingSimilarity.Jaccard, 2 / 9f)]
    [InlineData(RatingSimilarity.Dice, 4 / 15f)]
    public void RetrieveSimilarUsers_WhatTheyRated_EqualsTheOverlapByHand(RatingSimilarity similarity, float expected)
    {
        // Users 1 and 2 rated items 1, 2 and 3: all of either, over 3 items (3 - 1) / (3 - 1 + 2) of it. User 3 rated items 1 and 2:
        // 2 of the 3 of either, 2 x 2 of the 3 + 2 ratings; over 2 items 1 / 3 of it.
        var model = Train(Options(RatingCentering.Baseline, similarity), Ratings);

        Assert.Equal([(1, 0.5f), (2, expected)], SimilarTo(model, 0), Near);
    }

    [Fact]
    public void RetrieveSimilarUsers_AdjustedCosine_TakesTheItemsMeans()
    {
        // The items' means are 4 and 3, which leaves 1, 1, -2 and 1, 0, -1 to users 1, 2, 3. Users 1 and 2: 1 / sqrt(2 x 1), over 2 items
        // (2 - 1) / (2 - 1 + 2) of it; users 1 and 3 are unlike.
        var model = Train(Options(RatingCentering.Mean, RatingSimilarity.AdjustedCosine), (1, 1, 5), (2, 1, 5), (3, 1, 2), (1, 2, 4), (2, 2, 3), (3, 2, 2));

        Assert.Equal([(1, 1 / (3 * MathF.Sqrt(2)))], SimilarTo(model, 0), Near);
    }

    [Fact]
    public void RetrieveSimilarUsers_Pearson_TakesTheUsersMeans()
    {
        // User 1's mean is 4: 1, 0, -1. User 2's is 2: 2, -1, -1. Their cosine is 3 / sqrt(2 x 6), over 3 items (3 - 1) / (3 - 1 + 2) of it.
        var model = Train(Options(RatingCentering.Mean, RatingSimilarity.Pearson), (1, 1, 5), (1, 2, 4), (1, 3, 3), (2, 1, 4), (2, 2, 1), (2, 3, 1));

        Assert.Equal([(1, 3 / MathF.Sqrt(12) / 2)], SimilarTo(model, 0), Near);
    }

    [Theory]
    [InlineData(RatingCentering.None, RatingSimilarity.Cosine)]
    [InlineData(RatingCentering.Mean, RatingSimilarity.Pearson)]
    [InlineData(RatingCentering.ZScore, RatingSimilarity.Msd)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.PearsonBaseline)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.AdjustedCosine)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.Jaccard)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.Dice)]
    public void Score_WithoutStoredNeighbours_EqualsTheScoresOfATrainedUser(RatingCentering centering, RatingSimilarity similarity)
    {
        var dataset = MixedTastes();
        var options = Options(centering, similarity, neighbours: 5);
        options.StoredNeighbours = 12;
        var model = new RatingUserKnnTrainer(options).Train(dataset, new TrainingContext());

        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var expected = ScoresOf(model, dataset, user);
            Assert.Contains(expected, float.IsFinite);
            Assert.Equal(expected, ScoresOf(Forgetting(model, user, dataset), dataset, user));

            // The others without him, and his ratings from one whom nobody knows.
            var others = KeyMap.FromAscending([.. model.Users.Keys.ToArray().Where((_, other) => other != user)]);
            var scorer = ((IHistoryScorer)model.Rebase(others, model.Items)).WithHistories(dataset.Over(others, model.Items));
            var own = dataset.HistoryOf(user);
            var scores = new float[model.Items.Count];
            scorer.Score(new UserHistory(-1, own.Items, own.Weights, own.Times, own.Ratings), [.. Enumerable.Range(0, scores.Length)], scores);
            Assert.Equal(expected, scores);
        }
    }

    [Fact]
    public void Score_ItemsThatArrivedAfterTraining_AreUnknownAndChangeNothing()
    {
        var options = Options(RatingCentering.Baseline, RatingSimilarity.Jaccard);
        var before = Train(options, Ratings);
        var later = Datasets.Of([.. Ratings.Append((1, 9, 1)).Append((2, 9, 5)).Select(rating => (rating.Item1, rating.Item2, Datasets.Rating, rating.Item3, 0L))]);

        var after = ((IHistoryScorer)before.Rebase(later.Users, later.Items)).WithHistories(later);

        Assert.Equal(ScoreOf(before, 2, (0, 5), (1, 4)), ScoreOf(after, 2, (0, 5), (1, 4), (3, 1)), 1e-5f);
        Assert.Equal(float.NaN, ScoreOf(after, 3, (0, 5), (1, 4)));
        Assert.Equal(float.NaN, ScoreOf(after, 2, (3, 5)));
    }

    [Fact]
    public void Score_NewerRatingsOfATrainedUser_CountForHisBias()
    {
        // User 1's mean was 4 and is 2: his neighbours stay, and what he is expected to give falls by 2.
        var model = Train(Options(RatingCentering.Mean, RatingSimilarity.Msd), Ratings);
        var scores = new float[2];
        model.Score(new UserHistory(0, [0, 1, 2], [1, 1, 1], [0, 0, 0], [5, 4, 3]), [2], scores);
        model.Score(new UserHistory(0, [0, 1, 2], [1, 1, 1], [0, 0, 0], [3, 2, 1]), [2], scores.AsSpan(1));
        Assert.Equal(scores[0] - 2, scores[1], 1e-5f);
    }

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead()
    {
        var exception = Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext()));
        Assert.Contains("There are interactions but no ratings to learn from; use the trainer 'user-knn'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RatingCentering.None, 3.5f, 3.5f)]
    [InlineData(RatingCentering.Mean, 4.5f, 3.5f)]
    [InlineData(RatingCentering.Baseline, 3.5f + (7 / 9f), 3.5f)]
    public void Baseline_UnknownItem_IsTheMeanAndWhatIsKnownOfTheUser(RatingCentering centering, float rated, float stranger)
    {
        var model = (IRatingScorer)Train(Options(centering, RatingSimilarity.Msd), Ratings).Rebase(KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2, 3, 4]));

        Assert.Equal(rated, model.Baseline(new UserHistory(-1, [0, 1], [1, 1], [0, 0], [5, 4]), 3), 1e-5f);
        Assert.Equal(stranger, model.Baseline(new UserHistory(-1), 3), 1e-5f);
    }

    /// <summary>One epoch without regularization of items makes an item's bias the mean of what its ratings differ from the mean.</summary>
    private static RatingUserKnnOptions Options(RatingCentering centering, RatingSimilarity similarity, int neighbours = 60, int minNeighbours = 1) => new()
    {
        Centering = centering,
        Similarity = similarity,
        Shrinkage = 2,
        Neighbours = neighbours,
        MinNeighbours = minNeighbours,
        Epochs = 1,
        UserRegularization = 1,
        ItemRegularization = 0,
    };

    private static InteractionDataset MixedTastes()
    {
        var random = new SeededRandom(4, 0);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var step = 0; step < 400; step++)
            builder.Add(random.Next(30), random.Next(25), random.Next(5) == 0 ? Datasets.View : Datasets.Rating, 1 + random.Next(5), step);
        return builder.Build();
    }

    private static IScorer Train(RatingUserKnnOptions options, params (int User, int Item, float Value)[] ratings) => new RatingUserKnnTrainer(options)
        .Train(Datasets.Of([.. ratings.Select(rating => (rating.User, rating.Item, Datasets.Rating, rating.Value, 0L))]), new TrainingContext());

    private static float ScoreOf(IScorer model, int item, params (int Item, float Rating)[] history)
    {
        var scores = new float[1];
        var ones = Array.ConvertAll(history, _ => 1f);
        model.Score(new UserHistory(-1, [.. history.Select(rated => rated.Item)], ones, new long[ones.Length], [.. history.Select(rated => rated.Rating)]), [item], scores);
        return scores[0];
    }

    private static bool Near((int User, float Similarity) left, (int User, float Similarity) right) =>
        left.User == right.User && MathF.Abs(left.Similarity - right.Similarity) < 1e-5f;
}
