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
    [InlineData(ConfidenceScale.Log, RegularizationScale.WeightedFrequency)]
    public void Train_TrainedUsers_SolveTheirOwnHalfStep(ConfidenceScale confidence, RegularizationScale scale)
    {
        var options = new ImplicitAlsOptions { Factors = 6, Epochs = 2, Confidence = confidence, RegularizationScale = scale, Regularization = 0.5f, UnobservedWeight = 0.3f };
        var dataset = PlantedTastes().Train;
        var model = (FactorModel)new ImplicitAlsTrainer(options).Train(dataset, new TrainingContext());

        var again = new Engine.Numerics.FactorMatrix(dataset.Users.Count, options.Factors);
        new AlsHalfStep(options, AlsSolver.Exact, model.ItemFactors, new TrainingContext()).Solve(
            again, Confidences.Of(dataset.UserItems, options), RowRegularization.Of(options, dataset.UserItems, dataset.UserItems.Transpose()), new TrainingContext());

        Assert.Equal(model.UserFactors.Values, again.Values);
    }

    /// <summary>The loss as a whole is of no account, so only the weight of an observed pair and of the squared factors beside it matter.</summary>
    [Theory]
    [InlineData(RegularizationScale.None)]
    [InlineData(RegularizationScale.MeanFrequency)]
    [InlineData(RegularizationScale.Frequency)]
    public void Train_UnobservedWeightAlphaAndRegularizationDoubled_GivesTheSameFactors(RegularizationScale scale)
    {
        FactorModel Train(float times) => (FactorModel)new ImplicitAlsTrainer(new ImplicitAlsOptions
        {
            Factors = 6,
            Epochs = 3,
            RegularizationScale = scale,
            RegularizationExponent = 0.5f,
            UnobservedWeight = times,
            Alpha = 3 * times,
            Regularization = 0.25f * times,
        }).Train(PlantedTastes().Train, new TrainingContext());

        Assert.Equal(Train(1).ItemFactors.Values, Train(2).ItemFactors.Values);
    }

    [Fact]
    public void Train_RegularizationOfFrequencyInPart_LiesBetweenBothScales()
    {
        // Item 2 has one user of five: the more of the regularization the frequent items carry, the longer is its row.
        var dataset = Datasets.OfPurchases((1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (1, 2), (2, 3), (3, 3), (4, 3));

        double LengthOf(float exponent) => Engine.Numerics.VectorMath.Norm(((FactorModel)new ImplicitAlsTrainer(
            new ImplicitAlsOptions { Factors = 2, RegularizationScale = RegularizationScale.Frequency, RegularizationExponent = exponent }).Train(dataset, new TrainingContext())).ItemFactors[1]);

        Assert.True(LengthOf(0) < LengthOf(0.5f) && LengthOf(0.5f) < LengthOf(1), $"{LengthOf(0)} {LengthOf(0.5f)} {LengthOf(1)}");
    }
}

/// <summary>The contracts with a regularization that differs from row to row.</summary>
public sealed class WeightedFrequencyAlsTests : FoldInContract
{
    protected override double QualityFloor => 0.5;

    protected override bool IsExact => true;

    protected override ITrainer CreateTrainer() => new ImplicitAlsTrainer(new ImplicitAlsOptions
    {
        Factors = 8,
        Epochs = 8,
        UnobservedWeight = 0.3f,
        Regularization = 0.02f,
        RegularizationScale = RegularizationScale.WeightedFrequency,
        RegularizationExponent = 0.7f,
    });
}
