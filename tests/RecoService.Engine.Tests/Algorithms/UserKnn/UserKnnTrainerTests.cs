using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.UserKnn;

public sealed class UserKnnTrainerTests : UserNeighboursContract
{
    // User 1 has items 1, 2; user 2 has 1, 2, 3; user 3 has 2, 4.
    private static readonly InteractionDataset Purchases = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 4));

    protected override double QualityFloor => 0.45;

    protected override bool KnowsLonelyPair => false;

    protected override ITrainer CreateTrainer() => new UserKnnTrainer(new UserKnnOptions());

    [Fact]
    public void Score_Dice_SumsWhatNeighboursHave()
    {
        var options = new UserKnnOptions { Similarity = Similarity.Dice };

        var scores = ScoresOf(new UserKnnTrainer(options).Train(Purchases, new TrainingContext()), 0);

        // User 1 shares 2 items with user 2: 2 / (2 + 3); and 1 with user 3: 1 / (2 + 2).
        Assert.Equal([0.4f, 0.65f, 0.4f, 0.25f], scores, Near);
    }

    [Fact]
    public void Train_OwnNeighbours_AreTheMostAlike()
    {
        // User 1 is like user 2 by 2 / sqrt(6), like user 3 by 1 / 2.
        var model = new UserKnnTrainer(new UserKnnOptions { Neighbours = 1, Reverse = false }).Train(Purchases, new TrainingContext());
        Assert.Equal([true, true, true, false], ScoresOf(model, 0).Select(float.IsFinite));
        Assert.Equal([1], SimilarTo(model, 0).Select(user => user.User));
    }

    [Fact]
    public void Train_ReverseNeighbours_AreThoseWhoHaveHimOrElseHisOwn()
    {
        // User 1 is most like both others, user 2 most like user 1, user 3 most like nobody's.
        var model = new UserKnnTrainer(new UserKnnOptions { Neighbours = 1, Reverse = true }).Train(Purchases, new TrainingContext());
        Assert.Equal([1, 2], SimilarTo(model, 0).Select(user => user.User));
        Assert.Equal([0], SimilarTo(model, 1).Select(user => user.User));
        Assert.Equal([0], SimilarTo(model, 2).Select(user => user.User));
        Assert.All(ScoresOf(model, 0), score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [InlineData(Similarity.Cosine, HistoryScale.Binary, Weighting.None, false)]
    [InlineData(Similarity.Jaccard, HistoryScale.Binary, Weighting.None, false)]
    [InlineData(Similarity.Cosine, HistoryScale.Log, Weighting.Bm25, false)]
    [InlineData(Similarity.Cosine, HistoryScale.Log, Weighting.Bm25, true)]
    [InlineData(Similarity.Pearson, HistoryScale.Linear, Weighting.None, true)]
    [InlineData(Similarity.AdjustedCosine, HistoryScale.Linear, Weighting.TfIdf, true)]
    public void Score_WithoutStoredNeighbours_FindsThoseThatTrainingFound(Similarity similarity, HistoryScale scale, Weighting weighting, bool reverse)
    {
        var dataset = MixedTastes();
        var options = new UserKnnOptions { Similarity = similarity, Scale = scale, Weighting = weighting, Neighbours = 7, Reverse = reverse };
        var model = new UserKnnTrainer(options).Train(dataset, new TrainingContext());

        for (var user = 0; user < dataset.Users.Count; user++)
            Assert.Equal(ScoresOf(model, dataset, user), ScoresOf(Forgetting(model, user, dataset), dataset, user));
    }

    [Fact]
    public void Score_ADislike_IsNoEvidence()
    {
        // Users 1 and 2 share a purchase; what 2 dislikes says nothing to 1. User 3 shares only a dislike.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 0), (2, 1, Datasets.Purchase, 0, 0), (2, 2, Datasets.Dislike, 0, 0), (3, 2, Datasets.Dislike, 0, 0), (3, 3, Datasets.Purchase, 0, 0));

        var model = CreateTrainer().Train(dataset, new TrainingContext());

        Assert.Equal([true, false, false], ScoresOf(model, dataset, 0).Select(float.IsFinite));
        Assert.Empty(SimilarTo(model, 2));
    }

    private static InteractionDataset MixedTastes()
    {
        var random = new SeededRandom(4, 0);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var step = 0; step < 400; step++)
            builder.Add(random.Next(30), random.Next(25), random.Next(3) == 0 ? Datasets.Purchase : Datasets.View, 0, step);
        return builder.Build();
    }

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-5f;
}
