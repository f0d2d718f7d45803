using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.RepeatBlend;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.RepeatBlend;

public sealed class RepeatBlendTrainerTests : CollaborativeTrainerContract
{
    private static readonly InteractionKinds Kinds = new([new("purchase", 8, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)]);

    protected override double QualityFloor => 0.4;

    protected override bool KnowsEveryUser => true;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => Create(new RepeatBlendOptions());

    /// <summary>What is listed depends on the candidates: only a catalogue that lost nothing the user could get keeps their scores.</summary>
    [Fact]
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var items = KeyMap.FromAscending([-7, .. model.Items.Keys]);

        var rebased = model.Rebase(KeyMap.FromAscending([model.Users[3], model.Users[8], 1_000_000]), items);

        var known = dataset.HistoryOf(8);
        var history = new UserHistory(1, [.. known.Items.ToArray().Select(item => item + 1)], known.Weights, known.Times, known.Ratings);
        var actual = new float[items.Count];
        rebased.Score(history, [.. Enumerable.Range(0, items.Count)], actual);
        Assert.Equal([float.NaN, .. ScoresOf(model, dataset, 8)], actual);
    }

    [Theory]
    [InlineData(true, 1f)]
    [InlineData(false, 0f)]
    public void Train_ShopOfHabitsOrOfDiscovery_LearnsWhoseThePlacesAre(bool repeats, float share)
    {
        var model = (ComposedModel)CreateTrainer().Train(Shop(repeats), new TrainingContext());

        Assert.Equal(share, ((RepeatMerge)model.Ranker).Share);
        Assert.Equal(["personal-frequency", "ease"], model.Retrieving.Select(part => part.Name));
    }

    [Fact]
    public void Train_ShareGiven_LearnsNone()
    {
        var model = (ComposedModel)Create(new RepeatBlendOptions { Share = 0.35f, Repeat = "tifu-knn", Explore = "popularity" }).Train(Shop(repeats: true), new TrainingContext());

        Assert.Equal(0.35f, ((RepeatMerge)model.Ranker).Share);
        Assert.Equal(["tifu-knn", "popularity"], model.Retrieving.Select(part => part.Name));
    }

    [Fact]
    public void Train_NobodyToLearnFrom_PutsOwnItemsFirst() =>
        Assert.Equal(1f, ((RepeatMerge)((ComposedModel)CreateTrainer().Train(Datasets.OfPurchases((1, 1), (2, 2)), new TrainingContext())).Ranker).Share);

    [Fact]
    public void Retrieve_ShopOfHabits_ListsOwnItemsByFrequencyThenNewOnesByTaste()
    {
        var dataset = Shop(repeats: true);
        var model = Train(dataset, new TrainingContext());

        // User 0 is of the group whose items are 0 to 9, and has three of them.
        var own = dataset.HistoryOf(0).Items.ToArray();
        var list = Retrieved(model, dataset, 0, [], 10);
        Assert.Equal(own, list[..own.Length].Order());
        Assert.All(list[own.Length..(own.Length + 2)], item => Assert.InRange(item, 0, 9));
    }

    [Fact]
    public void Validate_TwiceTheSameOrAShareOutOfRange_IsRefused()
    {
        Assert.Empty(Faults(new RepeatBlendOptions { Share = 1 }));
        Assert.NotEmpty(Faults(new RepeatBlendOptions { Share = 1.1f }));
        Assert.NotEmpty(Faults(new RepeatBlendOptions { Repeat = "ease" }));
        Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.OptionsOf("repeat-blend", new Dictionary<string, object>(StringComparer.Ordinal) { ["repeat-blend"] = new RepeatBlendOptions { Explore = "repeat-blend" } }));
    }

    /// <summary>Two groups of 30 users with ten items each, ten days. Of habit: each takes their own three items every day. Of discovery: each takes another item of the group every day.</summary>
    private static InteractionDataset Shop(bool repeats)
    {
        var builder = new InteractionDatasetBuilder(Kinds);
        for (var user = 0; user < 60; user++)
        {
            for (var day = 0; day < (repeats ? 10 : 8); day++)
            {
                for (var position = 0; position < (repeats ? 3 : 1); position++)
                    builder.Add(user, (10 * (user % 2)) + ((user + (repeats ? position * 3 : day)) % 10), 0, 0, day * TimeSpan.MillisecondsPerDay);
            }
        }

        return builder.Build();
    }

    private static RepeatBlendTrainer Create(RepeatBlendOptions options) =>
        new((RepeatBlendOptions)BuiltInTrainers.Registry.OptionsOf("repeat-blend", new Dictionary<string, object>(StringComparer.Ordinal) { ["repeat-blend"] = options }), BuiltInTrainers.Registry);

    private static List<ValidationResult> Faults(RepeatBlendOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults;
    }
}
