using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

public sealed class ImplicitAlsTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.5;

    protected override bool IsExact => true;

    protected override ITrainer CreateTrainer() => new ImplicitAlsTrainer(new ImplicitAlsOptions { Factors = 8, Epochs = 8 });

    [Fact]
    public void Train_OnlyDisliked_IsUnknown()
    {
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.Dislike, 0, 2), (2, 1, Datasets.Dislike, 0, 3));

        var model = CreateTrainer().Train(dataset, new TrainingContext());

        Assert.True(float.IsFinite(ScoresOf(model, 0)[0]));
        Assert.True(float.IsNaN(ScoresOf(model, 0)[1]));
        Assert.All(ScoresOf(model, 1), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Train_ADislike_LowersTheScore()
    {
        (int, int)[] purchases = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3), (4, 1), (4, 3)];
        var without = Datasets.Of([.. purchases.Select(pair => (pair.Item1, pair.Item2, Datasets.Purchase, 0f, 0L))]);
        var with = Datasets.Of([.. purchases.Select(pair => (pair.Item1, pair.Item2, Datasets.Purchase, 0f, 0L)), (1, 3, Datasets.Dislike, 0, 1)]);

        var trainer = CreateTrainer();

        Assert.True(ScoresOf(trainer.Train(with, new TrainingContext()), 0)[2] < ScoresOf(trainer.Train(without, new TrainingContext()), 0)[2]);
    }

    [Theory]
    [InlineData(ConfidenceScale.Linear, RegularizationScale.None)]
    [InlineData(ConfidenceScale.Linear, RegularizationScale.Frequency)]
    [InlineData(ConfidenceScale.Log, RegularizationScale.None)]
    [InlineData(ConfidenceScale.Log, RegularizationScale.MeanFrequency)]
    public void Train_TrainedUsers_SolveTheirOwnHalfStep(ConfidenceScale confidence, RegularizationScale scale)
    {
        var options = new ImplicitAlsOptions { Factors = 6, Epochs = 2, Confidence = confidence, RegularizationScale = scale, Regularization = 0.5f };
        var dataset = PlantedTastes().Train;
        var model = (FactorModel)new ImplicitAlsTrainer(options).Train(dataset, new TrainingContext());

        var again = new Engine.Numerics.FactorMatrix(dataset.Users.Count, options.Factors);
        new AlsHalfStep(options, AlsSolver.Exact, model.ItemFactors, new TrainingContext()).Solve(again, Confidences.Of(dataset.UserItems, options), new TrainingContext());

        Assert.Equal(model.UserFactors.Values, again.Values);
    }
}
