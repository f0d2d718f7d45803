using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Hybrid;

public sealed class HybridTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.4;

    protected override bool KnowsEveryUser => true;

    protected override ITrainer CreateTrainer() => Create(Options());

    /// <summary>A user's scale is that of his whole catalogue: only a catalogue that lost nothing he could get keeps his scores.</summary>
    [Fact]
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var users = KeyMap.FromAscending([model.Users[3], model.Users[8], 1_000_000]);
        var items = KeyMap.FromAscending([-7, .. model.Items.Keys]);

        var rebased = model.Rebase(users, items);

        var known = dataset.HistoryOf(8);
        var history = new UserHistory(1, [.. known.Items.ToArray().Select(item => item + 1)], known.Weights, known.Times, known.Ratings);
        var actual = new float[items.Count];
        rebased.Score(history, [.. Enumerable.Range(0, items.Count)], actual);
        Assert.Equal([float.NaN, .. ScoresOf(model, dataset, 8)], actual);
    }

    [Fact]
    public void Train_PlantedTastes_NamesItsComponentsHeaviestFirst()
    {
        var model = (ComposedModel)Train(PlantedTastes().Train, new TrainingContext());

        var weights = WeightsOf(model);
        Assert.NotEmpty(weights);
        Assert.Equal(weights.Length, model.Retrieving.Count);
        Assert.All(model.Retrieving, part => Assert.Contains(part.Name, new[] { "implicit-als", "ease" }));
        Assert.Equal(1, weights.Sum(), 1e-5);
        Assert.Equal(weights.OrderDescending(), weights);
        Assert.Equal(["popularity"], model.Fallbacks.Select(part => part.Name));
    }

    [Fact]
    public void Train_WeightsGiven_LearnsNone()
    {
        var options = Options();
        options.Weights = "1, 3";

        var model = (ComposedModel)Create(options).Train(PlantedTastes().Train, new TrainingContext());

        Assert.Equal([("ease", 0.75f), ("implicit-als", 0.25f)], model.Retrieving.Select(part => part.Name).Zip(WeightsOf(model)));
        Assert.Equal(["popularity"], model.Fallbacks.Select(part => part.Name));
    }

    [Fact]
    public void Train_ComponentThatCannotBeTrained_IsLeftOut()
    {
        // There is no rating to learn from.
        var options = Options();
        options.Components = "biased-mf,implicit-als";

        var model = (ComposedModel)Create(options).Train(PlantedTastes().Train, new TrainingContext());

        Assert.Equal(["implicit-als"], model.Retrieving.Select(part => part.Name));
        Assert.Equal(["popularity"], model.Fallbacks.Select(part => part.Name));
    }

    [Fact]
    public void Train_NothingCanBeTrained_SaysWhyNot()
    {
        var exception = Assert.Throws<TrainingException>(() =>
            Create(new HybridOptions { Components = "biased-mf", Fallbacks = "" }).Train(PlantedTastes().Train, new TrainingContext()));
        Assert.Contains("biased-mf:", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ease,implicit-als", "", "")]
    [InlineData("ease,implicit-als", "0.5, 1e-2", "")]
    [InlineData("", "", "Components")]
    [InlineData("ease,ease", "", "Components")]
    [InlineData("ease,implicit-als", "1", "Weights")]
    [InlineData("ease,implicit-als", "0,0", "Weights")]
    [InlineData("ease,implicit-als", "-1,2", "Weights")]
    [InlineData("ease,implicit-als", "NaN,2", "Weights")]
    [InlineData("ease,implicit-als", "a,b", "Weights")]
    public void Validate_Lists_NamesTheFault(string components, string weights, string fault)
    {
        var options = new HybridOptions { Components = components, Weights = weights };
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        Assert.Equal(fault, string.Join(",", found.SelectMany(result => result.MemberNames)));
    }

    private static float[] WeightsOf(ComposedModel model) => ((WeightedBlend)model.Ranker).Weights.ToArray();

    private static HybridOptions Options() => new()
    {
        Components = "implicit-als,ease",
        Fallbacks = "popularity",
        Trainers = { ["implicit-als"] = new ImplicitAlsOptions { Factors = 8 } },
    };

    private static ITrainer Create(HybridOptions options) => BuiltInTrainers.Registry.Create("hybrid", options);
}
