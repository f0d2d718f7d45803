using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Popularity;

public sealed class PopularityTrainerTests : TrainerContract
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    // A list that ignores taste holds about a third of the right items.
    protected override double QualityFloor => 0.1;

    protected override bool KnowsEveryUser => true;

    protected override ITrainer CreateTrainer() => new PopularityTrainer(new PopularityOptions());

    [Fact]
    public void Train_SeveralKinds_SumsWeightsAndNeverFallsBelowZero()
    {
        // Item 1: purchase 8 + dislike -4 = 4. Item 2: view 1 + view 1 = 2. Item 3: view 1 + dislike -4, at least 0.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 1), (2, 1, Datasets.Dislike, 0, 2),
            (1, 2, Datasets.View, 0, 3), (1, 2, Datasets.View, 0, 4),
            (1, 3, Datasets.View, 0, 5), (2, 3, Datasets.Dislike, 0, 6));

        Assert.Equal([4f, 2, 0], ScoresOf(CreateTrainer().Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_HalfLife_OlderCountsLess()
    {
        // Two half-lives old: 8 / 4 = 2. One: 8 / 2 = 4. Now: 8.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Purchase, 0, 7 * Day), (1, 3, Datasets.Purchase, 0, 14 * Day));
        var trainer = new PopularityTrainer(new PopularityOptions { HalfLifeDays = 7 });

        Assert.Equal([2f, 4, 8], ScoresOf(trainer.Train(dataset, new TrainingContext()), 0));
    }

    [Fact]
    public void Retrieve_EqualScores_LowerIndexFirst()
    {
        var model = new PopularityModel(KeyMap.Empty, KeyMap.FromAscending([1, 2, 3, 4]), [1, 2, 1, 2]);
        Assert.Equal([1, 3, 0], Retrieved(model, -1, [], 3));
    }
}
