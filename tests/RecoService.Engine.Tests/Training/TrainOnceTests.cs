using System.Runtime.CompilerServices;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Tests.Composition;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>Within a run, one trainer with the same options, seed and data gives one model, however many use it.</summary>
public sealed class TrainOnceTests
{
    private readonly List<InteractionDataset> trainedOn = [];
    private readonly TrainerRegistry registry;

    public TrainOnceTests() => registry = BuiltInTrainers.Registry
        .With<PopularityOptions>("counted", options => new Counting(new PopularityTrainer(options), trainedOn))
        .With<ImplicitAlsOptions>("counted-als", options => new Counting(new ImplicitAlsTrainer(options), trainedOn));

    [Fact]
    public void Train_HybridAndWhatStandsBehindIt_IsTrainedOnce()
    {
        var (data, context) = (Samples.Data("random"), new TrainingContext());
        var options = new HybridOptions { Components = "item-knn,counted", Weights = "1,1", Fallbacks = "popularity" };

        var hybrid = (ComposedModel)Train("hybrid", options, data, context.Part("recommender", 0, 0.5));
        var beside = Train("counted", new PopularityOptions(), data, context.Part("fallback", 0.5, 1));
        var baseline = Train("popularity", new PopularityOptions(), data, context);

        Assert.Equal([data], trainedOn);
        Assert.Same(beside, hybrid.Retrieving.Single(part => part.Name == "counted").Model);
        Assert.Same(baseline, hybrid.Fallbacks.Single().Model);
    }

    [Fact]
    public void Train_SecondStagesOfOneFirst_ShareIt()
    {
        var (data, context) = (Samples.Data("checkerboard"), new TrainingContext());
        var options = new LinearRankingOptions { CandidateTrainer = "counted-als" };

        var first = (ComposedModel)Train("logistic-regression", options, data, context);
        var second = (ComposedModel)Train("linear-svm", options, data, context);
        var alone = Train("counted-als", new ImplicitAlsOptions(), data, context);

        // The validation parts are cut anew and belong to either alone.
        Assert.Single(trainedOn, known => known == data);
        Assert.Same(first.Parts[0], second.Parts[0]);
        Assert.Same(alone, first.Parts[0]);
        GC.KeepAlive(first);
    }

    [Fact]
    public void Train_LearnedWeights_TrainsEachPartOnceOnEverything()
    {
        var (data, context) = (Samples.Data("checkerboard"), new TrainingContext());

        var model = Train("hybrid", new HybridOptions { Components = "counted-als,item-knn", Fallbacks = "counted", ValidationCut = ValidationCut.Random }, data, context);

        Assert.InRange(trainedOn.Count(known => known == data), 1, 2);
        Assert.Equal(2, trainedOn.Distinct().Count());
        Assert.True(model.IsSound());
    }

    [Fact]
    public void Train_AnythingElseThanTheSame_IsTrainedAnew()
    {
        var (data, context) = (Samples.Data("random"), new TrainingContext(seed: 5));
        var models = new List<IScorer>
        {
            Train("counted", new PopularityOptions(), data, context),
            Train("counted", new PopularityOptions { HalfLifeDays = 3 }, data, context),
            Train("counted", new PopularityOptions(), Samples.Data("random"), context),
            Train("counted", new PopularityOptions(), data, new TrainingContext(seed: 5)),
            Train("popularity", new PopularityOptions(), data, context),
        };

        Assert.Equal(4, trainedOn.Count);
        Assert.Equal(models.Count, models.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Same(models[0], Train("counted", new PopularityOptions(), data, context));
        GC.KeepAlive(models);
    }

    [Fact]
    public void Train_NobodyUsesTheModel_ItIsNotKept()
    {
        var (data, context) = (Samples.Data("random"), new TrainingContext());
        var model = TrainAndForget(data, context);

        for (var round = 0; round < 10 && model.IsAlive; round++)
            GC.Collect();

        Assert.False(model.IsAlive);
        Train("counted", new PopularityOptions(), data, context);
        Assert.Equal(2, trainedOn.Count);
        GC.KeepAlive(context);
    }

    [Fact]
    public void Train_Failed_IsTriedAgain()
    {
        var (data, context) = (Samples.Data("random"), new TrainingContext());
        var failing = registry.With<PopularityOptions>("failing", _ => new Counting(new Failing(), trainedOn));

        Assert.Throws<TrainingException>(() => failing.Train("failing", new PopularityOptions(), data, context));
        Assert.Throws<TrainingException>(() => failing.Train("failing", new PopularityOptions(), data, context));

        Assert.Equal(2, trainedOn.Count);
    }

    [Fact]
    public void Train_KnownModel_ReportsThatItIsThere()
    {
        var reports = new List<TrainingProgress>();
        var context = new TrainingContext(progress: new Recorder(reports));
        var data = Samples.Data("random");
        var model = Train("counted", new PopularityOptions(), data, context);
        reports.Clear();

        Train("counted", new PopularityOptions(), data, context.Part("again", 0.5, 1));

        Assert.Equal([new TrainingProgress("again: training", 1)], reports);
        GC.KeepAlive(model);
    }

    [Fact]
    public async Task GetOrMake_FromManyThreads_GivesAllTheSame()
    {
        var (memo, source) = (new RunMemo(), new object());

        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => memo.GetOrMake(source, "recipe", () => new object()))));

        Assert.Single(made.Distinct(ReferenceEqualityComparer.Instance));
    }

    private IScorer Train(string name, object options, InteractionDataset data, TrainingContext context) =>
        registry.Train(name, registry.OptionsOf(name, new Dictionary<string, object>(StringComparer.Ordinal) { [name] = options }), data, context);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference TrainAndForget(InteractionDataset data, TrainingContext context) => new(Train("counted", new PopularityOptions(), data, context));

    private sealed class Counting(ITrainer trainer, List<InteractionDataset> trainedOn) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            trainedOn.Add(dataset);
            return trainer.Train(dataset, context);
        }
    }

    private sealed class Failing : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context) => throw new TrainingException("It cannot.");
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
