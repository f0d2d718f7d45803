using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Training;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

/// <summary>Everything around ML.NET's own step, with that step replaced by known factors.</summary>
public sealed class MlNetTrainerTests
{
    private static readonly MlNetOptions Squared = new() { Loss = MlNetOptions.SquaredLoss, Factors = 2 };
    private static readonly MlNetOptions OneClass = new() { Loss = MlNetOptions.OneClassLoss, Factors = 2 };

    [Fact]
    public void Train_KnownFactors_ScoresByTheirDotProduct()
    {
        var trainer = new MlNetTrainer(Squared, (_, _, _, _) => ([1, 2, 3, 4], [5, 6, 7, 8]));

        var model = trainer.Train(NamedKinds.Dataset((1, 10, "rating", 4), (2, 20, "rating", 2)), new TrainingContext());

        var scores = new float[2];
        model.Score(0, [0, 1], scores);
        Assert.Equal([1 * 5 + 2 * 6, 1 * 7 + 2 * 8], scores);
        model.Score(1, [0, 1], scores);
        Assert.Equal([3 * 5 + 4 * 6, 3 * 7 + 4 * 8], scores);
    }

    [Fact]
    public void Train_UnseenUserAndItemWithFiniteFactors_AreUnknown()
    {
        var trainer = new MlNetTrainer(OneClass, (rows, _, _, _) => (Tiny(rows.UserIsSeen), Tiny(rows.ItemIsSeen)));

        var model = Assert.IsType<FactorModel>(trainer.Train(NamedKinds.Dataset((1, 10, "view", 0), (2, 20, "dislike", 0)), new TrainingContext()));

        Assert.Equal([1e-4f, 1e-4f], model.UserFactors[0].ToArray());
        Assert.Equal([1e-4f, 1e-4f], model.ItemFactors[0].ToArray());
        Assert.Equal([float.NaN, float.NaN], model.UserFactors[1].ToArray());
        Assert.Equal([float.NaN, float.NaN], model.ItemFactors[1].ToArray());
    }

    [Fact]
    public void Train_UnseenUserAndItemWithNaNFactors_IsNoFailure()
    {
        var trainer = new MlNetTrainer(Squared, (_, _, _, _) => ([1, 1, 1, 1, float.NaN, float.NaN], [1, 1, 1, 1, float.NaN, float.NaN]));

        var model = trainer.Train(NamedKinds.Dataset((1, 10, "rating", 4), (2, 20, "rating", 2), (3, 30, "view", 0)), new TrainingContext());

        var scores = new float[3];
        model.Score(0, [0, 1, 2], scores);
        Assert.Equal([2, 2, float.NaN], scores);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Train_NonFiniteFactorOfASeenRow_FailsTheRun(float value)
    {
        var data = NamedKinds.Dataset((1, 10, "rating", 4), (2, 20, "rating", 2));
        var inUsers = new MlNetTrainer(Squared, (_, _, _, _) => ([1, 1, 1, value], [1, 1, 1, 1]));
        var inItems = new MlNetTrainer(Squared, (_, _, _, _) => ([1, 1, 1, 1], [1, 1, value, 1]));

        Assert.Contains("LearningRate", Assert.Throws<TrainingException>(() => inUsers.Train(data, new TrainingContext())).Message, StringComparison.Ordinal);
        Assert.Contains("LearningRate", Assert.Throws<TrainingException>(() => inItems.Train(data, new TrainingContext())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ConstantRatings_FailsBeforeTraining()
    {
        var trainer = new MlNetTrainer(Squared, MustNotRun);

        Assert.Throws<TrainingException>(() => trainer.Train(NamedKinds.Dataset((1, 10, "rating", 5), (2, 20, "rating", 5)), new TrainingContext()));
    }

    [Fact]
    public void Train_EmptyDataset_GivesAnEmptyModel()
    {
        var model = new MlNetTrainer(OneClass, MustNotRun).Train(NamedKinds.Dataset(), new TrainingContext());

        Assert.Equal(0, model.Users.Count);
        Assert.Equal(0, model.Items.Count);
    }

    [Fact]
    public void Train_PartWithoutInteractions_KnowsNothing()
    {
        var whole = NamedKinds.Dataset((1, 10, "view", 0), (1, 20, "view", 0));

        var model = new MlNetTrainer(OneClass, MustNotRun).Train(whole.Where(_ => false), new TrainingContext());

        var scores = new float[2];
        model.Score(0, [0, 1], scores);
        Assert.Equal([float.NaN, float.NaN], scores);
    }

    [Fact]
    public void Train_CancelledBefore_DoesNotRun() =>
        Assert.Throws<OperationCanceledException>(() => new MlNetTrainer(OneClass, MustNotRun)
            .Train(NamedKinds.Dataset((1, 10, "view", 0)), new TrainingContext(cancellationToken: new CancellationToken(canceled: true))));

    [Fact]
    public void Train_CancelledDuring_GivesNoModel()
    {
        using var source = new CancellationTokenSource();
        var trainer = new MlNetTrainer(OneClass, (_, _, _, _) =>
        {
            source.Cancel();
            return ([1, 1], [1, 1]);
        });

        Assert.Throws<OperationCanceledException>(() => trainer.Train(NamedKinds.Dataset((1, 10, "view", 0)), new TrainingContext(cancellationToken: source.Token)));
    }

    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(8, 4, 4)]
    [InlineData(3, 4, 3)]
    public void Train_Threads_AreThoseOfTheOptionsWithinThoseOfTheRun(int wanted, int allowed, int expected)
    {
        var used = 0;
        var trainer = new MlNetTrainer(new MlNetOptions { Factors = 1, Threads = wanted }, (_, _, threads, _) =>
        {
            used = threads;
            return ([1], [1]);
        });

        trainer.Train(NamedKinds.Dataset((1, 10, "view", 0)), new TrainingContext(allowed));

        Assert.Equal(expected, used);
    }

    private static (float[], float[]) MustNotRun(TrainingRows rows, MlNetOptions options, int threads, int seed) =>
        throw new InvalidOperationException("Must not be called.");

    private static float[] Tiny(bool[] isSeen)
    {
        var factors = new float[isSeen.Length * 2];
        Array.Fill(factors, 1e-4f);
        return factors;
    }
}
