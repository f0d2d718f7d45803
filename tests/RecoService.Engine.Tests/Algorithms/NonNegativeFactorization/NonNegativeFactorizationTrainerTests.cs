using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.NonNegativeFactorization;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.NonNegativeFactorization;

public sealed class NonNegativeFactorizationTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.45;

    protected override int NewTasteFloor => 0;

    protected override ITrainer CreateTrainer() => new NonNegativeFactorizationTrainer(new NonNegativeFactorizationOptions { Factors = 3, Epochs = 100, Regularization = 0.02f });

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    protected override void Dislike(InteractionDatasetBuilder builder, int user, int item, long time) => Ignore(builder, user, item, time);

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead()
    {
        var exception = Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext()));
        Assert.Contains("implicit-als", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AnyRatings_NoFactorIsNegative()
    {
        var model = (FactorModel)CreateTrainer().Train(PlantedTastes().Train, new TrainingContext());
        Assert.All(model.UserFactors.Values.Concat(model.ItemFactors.Values).Where(value => !float.IsNaN(value)), value => Assert.InRange(value, 0, float.MaxValue));
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-10f)]
    public void Train_ProductOfTwoFactors_IsRecovered(float lowest)
    {
        // r(u, i) = base + a(u) b(i) with a in {1, 2} and b in {1, 2, 2.5}: rank one above the base, which is 0 or the scale's negative begin.
        var kinds = new InteractionKinds([new(InteractionKind.Rating, 5, Consumes: true)], lowest, 5);
        var shift = Math.Min(0, lowest);
        var builder = new InteractionDatasetBuilder(kinds);
        for (var user = 0; user < 4; user++)
        {
            for (var item = 0; item < 3; item++)
                builder.Add(user, item, kinds.RatingIndex, shift + (1 + (user % 2)) * new[] { 1, 2, 2.5f }[item], 0);
        }

        var dataset = builder.Build();
        var model = (FactorModel)new NonNegativeFactorizationTrainer(new NonNegativeFactorizationOptions { Factors = 1, Epochs = 20, Regularization = 0 }).Train(dataset, new TrainingContext());

        Assert.All(dataset.Ratings.Entries(), rating => Assert.Equal(rating.Value, model.Mean + (model.UserFactors[rating.Row][0] * model.ItemFactors[rating.Column][0]), 1e-4f));
    }
}
