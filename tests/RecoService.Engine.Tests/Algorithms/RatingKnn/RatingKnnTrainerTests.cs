using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.RatingKnn;

public sealed class RatingKnnTrainerTests : CollaborativeTrainerContract
{
    private static readonly (int User, int Item, float Value)[] Ratings = [(1, 1, 5), (1, 2, 4), (2, 1, 3), (2, 2, 4), (3, 1, 2), (3, 2, 2), (1, 3, 3), (2, 3, 5)];

    protected override double QualityFloor => 0.4;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new RatingKnnTrainer(new RatingKnnOptions { Shrinkage = 2, UserRegularization = 1, ItemRegularization = 1 });

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    [Theory]
    [InlineData(40, ((0.3f * 4) + (1 / 15f * 1)) / (0.3f + (1 / 15f)))]
    [InlineData(1, 4f)]
    public void Score_MsdWithoutCentering_EqualsTheAverageByHand(int neighbours, float expected)
    {
        // Items 1 and 2 differ by 1, -1 and 0: similarity 1 / (1 + 2/3) = 0.6, over 3 users (3 - 1) / (3 - 1 + 2) of it: 0.3.
        // Items 1 and 3 by 2 and -2: 1 / (1 + 4) = 0.2, over 2 users 1 / 3 of it: 1/15. The history gives item 2 a 4 and item 3 a 1.
        var model = Train(new RatingKnnOptions { Centering = RatingCentering.None, Similarity = RatingSimilarity.Msd, Shrinkage = 2, Neighbours = neighbours }, Ratings);

        Assert.Equal(expected, ScoreOf(model, 0, (1, 4), (2, 1)), 1e-5f);
    }

    [Fact]
    public void Score_FewerNeighboursThanAsked_IsTheMeanWithoutCentering()
    {
        var model = Train(new RatingKnnOptions { Centering = RatingCentering.None, Similarity = RatingSimilarity.Msd, MinNeighbours = 3 }, Ratings);

        // 28 / 8.
        Assert.Equal(3.5f, ScoreOf(model, 0, (1, 4), (2, 1)), 1e-5f);
    }

    [Fact]
    public void Score_NoNeighbours_IsTheBaseline()
    {
        // One user, one rating: the mean is 4, so both biases are 0. A stranger who gave item 1 a 2 has the bias (2 - 4) / (1 + 1) = -1.
        var model = Train(new RatingKnnOptions { UserRegularization = 1 }, (1, 1, 4));

        Assert.Equal(4, ScoreOf(model, 0, (0, 4)), 1e-5f);
        Assert.Equal(3, ScoreOf(model, 0, (0, 2)), 1e-5f);
    }

    [Theory]
    [InlineData(RatingCentering.None, RatingSimilarity.Cosine)]
    [InlineData(RatingCentering.Mean, RatingSimilarity.Pearson)]
    [InlineData(RatingCentering.ZScore, RatingSimilarity.Msd)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.AdjustedCosine)]
    [InlineData(RatingCentering.Baseline, RatingSimilarity.Jaccard)]
    public void Train_OtherCenterings_PredictNearTheScale(RatingCentering centering, RatingSimilarity similarity)
    {
        var dataset = PlantedTastes().Train;
        var model = new RatingKnnTrainer(new RatingKnnOptions { Centering = centering, Similarity = similarity }).Train(dataset, new TrainingContext());
        Assert.All(AllScores(model, dataset), score => Assert.InRange(score, -5, 11));
    }

    [Theory]
    [InlineData(RatingSimilarity.Jaccard, 2 / 9f)]
    [InlineData(RatingSimilarity.Dice, 4 / 15f)]
    public void RetrieveSimilarItems_WhoRated_EqualsTheOverlapByHand(RatingSimilarity similarity, float expected)
    {
        // Users 1, 2 and 3 rated items 1 and 2: all of either, over 3 users (3 - 1) / (3 - 1 + 2) of it. Users 1 and 2 rated item 3:
        // 2 of the 3 who rated either, 2 x 2 of the 3 + 2 ratings; over 2 users 1 / 3 of it.
        var model = Train(new RatingKnnOptions { Similarity = similarity, Shrinkage = 2 }, Ratings);

        Assert.Equal([(1, 0.5f), (2, expected)], SimilarTo(model, 0), Near);
    }

    [Fact]
    public void RetrieveSimilarItems_AdjustedCosine_TakesTheUsersMeans()
    {
        // The users' means are 4 and 3, which leaves 1, 1, -2 and 1, 0, -1. Items 1 and 2: 1 / sqrt(2 x 1), over 2 users (2 - 1) / (2 - 1 + 2) of it;
        // items 1 and 3 are unlike.
        var model = Train(new RatingKnnOptions { Similarity = RatingSimilarity.AdjustedCosine, Shrinkage = 2 }, (1, 1, 5), (1, 2, 5), (1, 3, 2), (2, 1, 4), (2, 2, 3), (2, 3, 2));

        Assert.Equal([(1, 1 / (3 * MathF.Sqrt(2)))], SimilarTo(model, 0), Near);
    }

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead() =>
        Assert.Contains("item-knn", Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext())).Message, StringComparison.Ordinal);

    [Fact]
    public void Baseline_UnknownItem_IsTheMeanAndTheUsersBias()
    {
        var model = (IRatingScorer)Train(new RatingKnnOptions { UserRegularization = 1 }, (1, 1, 4)).Rebase(KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2]));

        Assert.Equal(3, model.Baseline(new UserHistory(-1, [0], [1], [0], [2]), 1), 1e-5f);
        Assert.Equal(4, model.Baseline(new UserHistory(-1), 1), 1e-5f);
    }

    private static IScorer Train(RatingKnnOptions options, params (int User, int Item, float Value)[] ratings) => new RatingKnnTrainer(options)
        .Train(Datasets.Of([.. ratings.Select(rating => (rating.User, rating.Item, Datasets.Rating, rating.Value, 0L))]), new TrainingContext());

    private static float ScoreOf(IScorer model, int item, params (int Item, float Rating)[] history)
    {
        var scores = new float[1];
        var ones = Array.ConvertAll(history, _ => 1f);
        model.Score(new UserHistory(-1, [.. history.Select(rated => rated.Item)], ones, new long[ones.Length], [.. history.Select(rated => rated.Rating)]), [item], scores);
        return scores[0];
    }

    private static (int Item, float Similarity)[] SimilarTo(IScorer model, int item)
    {
        var best = new TopK(10);
        ((ISimilarItems)model).RetrieveSimilarItems(item, [], best);
        var (items, similarities) = (new int[best.Count], new float[best.Count]);
        best.Drain(items, similarities);
        return [.. items.Zip(similarities)];
    }

    private static bool Near((int Item, float Similarity) left, (int Item, float Similarity) right) =>
        left.Item == right.Item && MathF.Abs(left.Similarity - right.Similarity) < 1e-5f;
}
