#if ENABLE_MLNET
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

/// <summary>The real step; only in a build with ML.NET.</summary>
public sealed class MlNetFactorizationTests
{
    [Fact]
    public void Train_SquaredLossOnRankOneRatings_RecoversThem()
    {
        // rating(u, i) = a[u] b[i] with a in 1..2 and b in 1..2; every seventh cell is withheld.
        var options = new MlNetOptions { Loss = MlNetOptions.SquaredLoss, Factors = 4, Epochs = 200, Regularization = 0.01 };

        var model = Train(options, RankOneRatings(isWithheld: cell => cell % 7 == 0));

        var error = 0f;
        var count = 0;
        var score = new float[1];
        for (var cell = 0; cell < 30 * 20; cell += 7)
        {
            model.Score(cell / 20, [cell % 20], score);
            error += MathF.Abs(score[0] - RankOne(cell));
            count++;
        }

        Assert.InRange(error / count, 0, 0.25f);
    }

    [Fact]
    public void Train_OneClassOnTwoTastes_PrefersTheOwnTaste()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 20; user++)
        {
            // Even users view even items, odd users odd ones; user u has not seen item u.
            for (var item = user % 2; item < 20; item += 2)
            {
                if (item != user)
                    builder.Add(user, item, 0, 0, user * 100 + item);
            }
        }

        var model = Train(new MlNetOptions { Factors = 4, Alpha = 0.1 }, builder.Build());

        var score = new float[2];
        for (var user = 0; user < 20; user++)
        {
            model.Score(user, [user, (user + 1) % 20], score);
            Assert.True(score[0] > score[1], $"User {user}: {score[0]} for the own taste, {score[1]} for the other.");
        }
    }

    [Theory]
    [InlineData(MlNetOptions.SquaredLoss)]
    [InlineData(MlNetOptions.OneClassLoss)]
    public void Train_UserWithoutARow_IsUnknown(string loss)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        Assert.True(InteractionKinds.Default.TryGetIndex("dislike", out var dislike));
        for (var cell = 0; cell < 100; cell++)
            builder.Add(cell / 10, cell % 10, InteractionKinds.Default.RatingIndex, 1 + cell % 5, cell);
        builder.Add(99, 99, dislike, 0, 1_000);

        var model = Train(new MlNetOptions { Loss = loss, Factors = 4 }, builder.Build());

        var scores = new float[2];
        model.Score(10, [0, 10], scores);
        Assert.Equal([float.NaN, float.NaN], scores);
        model.Score(0, [0, 10], scores);
        Assert.True(float.IsFinite(scores[0]));
        Assert.Equal(float.NaN, scores[1]);
    }

    [Fact]
    public void Train_OneThreadTwice_AgreesBitForBit()
    {
        var options = new MlNetOptions { Loss = MlNetOptions.SquaredLoss, Factors = 4 };
        var data = RankOneRatings(isWithheld: _ => false);

        var first = Train(options, data);
        var second = Train(options, data);

        Assert.Equal(first.UserFactors[0].ToArray(), second.UserFactors[0].ToArray());
        Assert.Equal(first.ItemFactors[19].ToArray(), second.ItemFactors[19].ToArray());
    }

    [Fact]
    public void Retrieve_TrainedUser_OffersTheBestScores()
    {
        var model = Train(new MlNetOptions { Loss = MlNetOptions.SquaredLoss, Factors = 4 }, RankOneRatings(isWithheld: _ => false));
        var scores = new float[20];
        model.Score(3, [.. Enumerable.Range(0, 20)], scores);

        var best = new TopK(5);
        model.Retrieve(3, [], best);

        var bestIndexes = new int[5];
        var bestScores = new float[5];
        Assert.Equal(5, best.Drain(bestIndexes, bestScores));
        Assert.All(bestScores.Zip(scores.OrderDescending()), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    private static FactorModel Train(MlNetOptions options, InteractionDataset data) =>
        Assert.IsType<FactorModel>(new MlNetTrainer(options, MlNetFactorization.Fit).Train(data, new TrainingContext()));

    private static InteractionDataset RankOneRatings(Func<int, bool> isWithheld)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var cell = 0; cell < 30 * 20; cell++)
        {
            if (!isWithheld(cell))
                builder.Add(cell / 20, cell % 20, InteractionKinds.Default.RatingIndex, RankOne(cell), cell);
        }

        return builder.Build();
    }

    private static float RankOne(int cell) => (1 + cell / 20 / 29f) * (1 + cell % 20 / 19f);
}
#endif
