using RecoService.Engine.Algorithms.SlopeOne;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.SlopeOne;

public sealed class SlopeOneTrainerTests : CollaborativeTrainerContract
{
    // Item 1 is rated by users 1 (5) and 2 (3); item 2 by 1 (3), 2 (4) and 3 (2); item 3 by 1 (2) and 3 (5).
    private static readonly InteractionDataset Ratings = Datasets.Of(
        [.. new (int User, int Item, float Value)[] { (1, 1, 5), (2, 1, 3), (1, 2, 3), (2, 2, 4), (3, 2, 2), (1, 3, 2), (3, 3, 5) }
            .Select(rating => (rating.User, rating.Item, Datasets.Rating, rating.Value, 0L))]);

    /// <summary>Low: differences between items are the same for every taste, so all that a planted list shows is that some items are liked by more.</summary>
    protected override double QualityFloor => 0.13;

    protected override bool UsesSeed => false;

    protected override bool KnowsLonelyPair => false;

    protected override ITrainer CreateTrainer() => new SlopeOneTrainer(new SlopeOneOptions());

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    [Theory]
    [InlineData(true, ((2 * 2.5f) + (1 * 8)) / 3)]
    [InlineData(false, (2.5f + 8) / 2)]
    public void Score_UnratedItem_EqualsTheSlopesByHand(bool weighted, float expected)
    {
        // Item 1 is rated ((5 - 3) + (3 - 4)) / 2 = 0.5 above item 2 by two users, 5 - 2 = 3 above item 3 by one.
        // User 3 gave item 2 a 2 and item 3 a 5: 2.5 and 8.
        var model = new SlopeOneTrainer(new SlopeOneOptions { Weighted = weighted }).Train(Ratings, new TrainingContext());
        Assert.Equal(expected, ScoresOf(model, Ratings, 2)[0], 1e-5f);
    }

    [Fact]
    public void Score_OneNeighbour_ComparesWithTheItemMostRatedAlong()
    {
        var model = new SlopeOneTrainer(new SlopeOneOptions { Neighbours = 1 }).Train(Ratings, new TrainingContext());
        Assert.Equal(2.5f, ScoresOf(model, Ratings, 2)[0], 1e-5f);
    }

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead() =>
        Assert.Contains("item-knn", Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext())).Message, StringComparison.Ordinal);
}
