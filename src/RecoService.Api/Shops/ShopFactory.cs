using RecoService.Api.Diagnosing;
using RecoService.Api.Erasing;
using RecoService.Api.Retraining;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Rules;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Shops;

/// <summary>Makes shops of what the process has once: the clock, the log, the trainers and what is counted. Everything else a shop has for itself.</summary>
internal sealed class ShopFactory(TimeProvider time, ILoggerFactory loggers, TrainerRegistry trainers, RecoMetrics metrics, WireLimits limits, LogVolume volume)
{
    /// <param name="name">Tells the shops of a process apart.</param>
    /// <param name="settings">Where its database is, and all that may be set for it.</param>
    /// <returns>A shop that has not touched its database yet; the caller's to dispose.</returns>
    public Shop Create(string name, ShopSettings settings)
    {
        var store = new ShopStore(settings.Storage.ToStorage() with { AuditSecrets = settings.Security.Peppers }, settings.Kinds, time);
        var serving = CreateServing(store, settings);
        var keys = new LiveKeys(store.ApiKeys, settings.Security, loggers.CreateLogger<LiveKeys>());
        var retraining = CreateRetraining(name, store, serving, settings);
        return new Shop(
            name, settings, store,
            new StoreMonitor(store.Database, serving.Readiness, settings.Storage, time, loggers.CreateLogger<StoreMonitor>()),
            new StoreFacts(store.Database, store.Runs, time),
            serving, retraining, CreateDiagnosis(store, serving, retraining, settings), CreateErasing(store, serving, retraining, settings), keys, new KeyFollower(keys, serving.Snapshots, time, loggers.CreateLogger<KeyFollower>()),
            new LiveConfiguration(
                new LiveDefinitions(store.Configuration, loggers.CreateLogger<LiveDefinitions>()), retraining.Schedule, volume, serving.Snapshots, settings.Recommendations, time, loggers.CreateLogger<LiveConfiguration>()),
            new WireValidators(settings.Kinds, limits, time));
    }

    private ShopServing CreateServing(ShopStore store, ShopSettings settings)
    {
        var (snapshots, fresh, responses) = (new SnapshotHost(), new FreshModels(), new LiveResponsePredictor());
        var shown = PlacementSettings.ShownItemsOf(settings.Placements, settings.Recommendations);
        var trials = new ItemTrials();
        var leftOut = new LeftOutColumns(settings.Catalogue, loggers.CreateLogger<LeftOutColumns>());
        var rules = new LiveDefinitions(store.Rules, loggers.CreateLogger<LiveDefinitions>());
        var experiments = new LiveDefinitions(store.Experiments, loggers.CreateLogger<LiveDefinitions>());
        var loader = new SnapshotLoader(
            store.Feed, store.Models, store.Publications, settings.Recommendations, settings.Placements, shown, trials, responses, settings.Catalogue, settings.Profiles, settings.Retraining, settings.Prediction, trainers, fresh,
            new ActiveDefinitions<IReadOnlyList<int>>(experiments, ExperimentDefinition.ActingModelVersionsOf), loggers.CreateLogger<SnapshotLoader>());
        var publisher = new SnapshotPublisher(
            snapshots, loader, store.Publications, store.Feed, [rules, experiments], settings.Recommendations, leftOut, time, loggers.CreateLogger<SnapshotPublisher>());
        var figures = new FigureFollower(store.Figures, settings.Attribution.ToRules(settings.Kinds), snapshots, settings.Attribution, time, loggers.CreateLogger<FigureFollower>());
        return new ShopServing(
            new Readiness(), snapshots, loader, rules, new ActiveDefinitions<RuleSet>(rules, RuleReader.ToRuleSet), experiments, new ActiveDefinitions<ExperimentSet>(experiments, ExperimentDefinition.ToSet), publisher,
            new ImpressionWriter(store.Impressions, settings.Recommendations, shown, time, loggers.CreateLogger<ImpressionWriter>()),
            new ImpressionRetention(store.Impressions, snapshots, settings.Recommendations, time, loggers.CreateLogger<ImpressionRetention>()),
            leftOut, fresh,
            figures, new TrialFollower(store.Exploration, trials, figures, snapshots, settings.Recommendations, time, loggers.CreateLogger<TrialFollower>()),
            new FeedFollower(publisher, snapshots, settings.Recommendations, time, loggers.CreateLogger<FeedFollower>()),
            new ResponseFollower(store.Outcomes, snapshots, responses, settings.Prediction, time, loggers.CreateLogger<ResponseFollower>()), shown);
    }

    private ShopRetraining CreateRetraining(string name, ShopStore store, ShopServing serving, ShopSettings settings)
    {
        var (snapshots, retraining) = (serving.Snapshots, settings.Retraining);
        var training = new ModelTraining(trainers, retraining, new RecommenderChooser(trainers, retraining, time));
        var judge = new ModelJudge(training, serving.Loader, snapshots, trainers, retraining);
        var composer = new SnapshotComposer(
            store.Models, store.Publications, store.Experiments, snapshots, serving.Loader, serving.Publisher, serving.Fresh, trainers, retraining, loggers.CreateLogger<SnapshotComposer>());
        var judging = new JudgeJob(store.Interactions, store.Models, serving.Loader, composer, training, judge, trainers, settings, time);
        var job = new RetrainJob(store.Interactions, store.Publications, store.Runs, snapshots, training, judge, judging, composer, serving.Responses, trainers, settings, time);
        var trigger = new RetrainTrigger(store.Runs, retraining);
        return new ShopRetraining(
            trigger,
            new RetrainWorker(trigger, job, store.Runs, retraining, metrics, time, loggers.CreateLogger<RetrainWorker>()),
            composer,
            new RetrainScheduler(name, trigger, serving.Readiness, retraining, loggers.CreateLogger<RetrainScheduler>()),
            new FirstRun(trigger, store.Interactions, store.Runs, store.Models, snapshots, serving.Readiness, retraining, time, loggers.CreateLogger<FirstRun>()));
    }

    private ShopErasing CreateErasing(ShopStore store, ShopServing serving, ShopRetraining retraining, ShopSettings settings) => new(
        new ErasureWorker(
            store.Erasures, store.Models, store.Runs, retraining.Trigger, serving.Loader, serving.Snapshots, settings.Privacy, settings.Retraining, time, loggers.CreateLogger<ErasureWorker>()),
        new RetentionWorker(store.Retention, settings.RetentionDays, serving.Snapshots, time, loggers.CreateLogger<RetentionWorker>()));

    private ShopDiagnosis CreateDiagnosis(ShopStore store, ShopServing serving, ShopRetraining retraining, ShopSettings settings)
    {
        var training = new ModelTraining(trainers, settings.Retraining, new RecommenderChooser(trainers, settings.Retraining, time));
        var judge = new LeaveOutJudge(store.Interactions, store.Health, retraining.Composer, training, trainers, settings, time);
        return new ShopDiagnosis(
            new DataHealthWorker(store.Health, store.Runs, judge, serving.Snapshots, settings.DataHealth, time, loggers.CreateLogger<DataHealthWorker>()),
            new AuditRetention(store.Audit, serving.Snapshots, settings.Security, time, loggers.CreateLogger<AuditRetention>()),
            new RunningImports(time));
    }
}
