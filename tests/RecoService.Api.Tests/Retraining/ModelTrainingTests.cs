using RecoService.Api.Retraining;
using RecoService.Api.Settings;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Retraining;

/// <summary>The models of a plan, trained together.</summary>
public sealed class ModelTrainingTests
{
    /// <summary>A hybrid of content and popularity, with both behind it in roles of their own: each is trained once on the data of a stage.</summary>
    [Fact]
    public void TrainAll_RecommenderMadeOfWhatStandsBehindIt_TrainsEachOnce()
    {
        var trainings = new List<string>();
        var registry = BuiltInTrainers.Registry
            .With<ContentOptions>("content", options => new Counting("content", new ContentTrainer(options), trainings))
            .With<PopularityOptions>("popularity", options => new Counting("popularity", new PopularityTrainer(options), trainings));
        var settings = new RetrainingSettings();
        var training = new ModelTraining(registry, settings, new RecommenderChooser(registry, settings, TimeProvider.System));
        var options = registry.OptionsOf("hybrid", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["hybrid"] = new HybridOptions { Components = "content,item-knn", Weights = "1,1", Fallbacks = "popularity" },
        });
        Recipe[] recipes = [new("hybrid", options), new("content", new ContentOptions()), new("popularity", new PopularityOptions())];
        var (context, whole, part) = (new TrainingContext(), Shop(80), Shop(60));

        var (candidates, _) = training.TrainAll([recipes[0], recipes[2]], recipes[0], part, context, new RunProgress(), "training");
        Assert.Equal(["content", "popularity"], trainings);
        var (trained, leftOut) = training.TrainAll(recipes, recipes[0], whole, context, new RunProgress(), "refitting");

        Assert.Equal(["content", "popularity", "content", "popularity"], trainings);
        Assert.Null(leftOut);
        var hybrid = Assert.IsType<ComposedModel>(trained[0].Model);
        Assert.Same(trained[1].Model, hybrid.Retrieving[0].Model);
        Assert.Same(trained[2].Model, hybrid.Fallbacks[0].Model);
        Assert.NotSame(candidates[1].Model, trained[2].Model);
    }

    private static InteractionDataset Shop(int purchases)
    {
        Assert.True(InteractionKinds.Default.TryGetIndex("purchase", out var purchase));
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var position = 0; position < purchases; position++)
            builder.Add(position % 10, (position * 7) % 20, purchase, 0, position);
        for (var item = 0; item < 20; item++)
            builder.AddContent(item, new ItemContent { Title = $"Lamp kind{item % 10}", Categories = [$"light-{item % 5}"] });
        return builder.Build();
    }

    private sealed class Counting(string name, ITrainer trainer, List<string> trainings) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            trainings.Add(name);
            return trainer.Train(dataset, context);
        }
    }
}
