using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

/// <summary>Workers that learn the order of candidates: scripts of a shell, and the program that comes with the service.</summary>
public sealed class WorkerRankingTests
{
    /// <summary>Leaves the weights -1 for the first stage's score, and 0 for the other four features.</summary>
    private const string LeaveReversal =
        "cd \"$2/model\"; printf '{\"form\":\"linear-ranker\"}' > model.json; head -c 12 /dev/zero > weights.f32; printf '\\000\\000\\200\\277' >> weights.f32; head -c 4 /dev/zero >> weights.f32";

    [Fact]
    public void Train_RankerThatTurnsTheOrderRound_ListsTheFirstStagesCandidatesFromTheEnd()
    {
        var dataset = Groups();

        var model = Assert.IsType<ComposedModel>(TrainShell(LeaveReversal, dataset));

        var history = dataset.HistoryOf(3);
        var blocked = Blocked(history, dataset.Items.Count);
        var best = ListOf(model.Parts[0], history, blocked, 5);
        Assert.Equal(best.AsEnumerable().Reverse(), ListOf(model, history, blocked, 5));
    }

    [Fact]
    public void Train_Ranker_IsGivenTheListsOfWhatWasKnownBefore()
    {
        var note = Path.GetTempFileName();

        var progress = new List<TrainingProgress>();
        TrainShell($"cp \"$2/manifest.json\" {note};" + LeaveReversal, Groups(), progress);

        var manifest = JsonElement.Parse(File.ReadAllText(note));
        File.Delete(note);
        Assert.True(manifest.GetProperty("interactions").GetInt32() < Groups().Count);
        Assert.True(manifest.GetProperty("files").GetProperty("ranking-labels").GetProperty("length").GetInt32() > 50);
        Assert.Equal(5, manifest.GetProperty("options").GetProperty("candidates").GetInt32());
        Assert.Contains("ranking: starting the worker", progress.Select(report => report.Stage));
        Assert.Equal(progress.Select(report => report.Fraction).Order(), progress.Select(report => report.Fraction));
    }

    [Fact]
    public void Train_RankerFails_IsATrainingExceptionWithTheReason()
    {
        var exception = Assert.Throws<TrainingException>(() => TrainShell("exit 4", Groups()));

        Assert.Equal("Worker 'shell' could not train 't': it ended with exit code 4 and said nothing.", exception.Message);
    }

    [Theory]
    [InlineData("ml-logistic-regression", typeof(LinearRankingFunction))]
    [InlineData("ml-lambda-rank", typeof(TreeRankingFunction))]
    [InlineData("ml-ffm", typeof(FieldRankingFunction))]
    public void Train_MlNet_RanksOnesOwnGroupAndComesBackFromTheStoreAsItWas(string trainer, Type ranker)
    {
        Assert.SkipUnless(ranker != typeof(TreeRankingFunction) || RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "LightGBM's library exists for x64 alone.");
        var dataset = Groups();
        var registry = WorkerTrainers.AddTo(BuiltInTrainers.Registry, new ConfigurationBuilder().Build());
        var options = registry.OptionsOf(trainer, new Dictionary<string, object>(StringComparer.Ordinal) { ["implicit-als"] = new ImplicitAlsOptions { Factors = 8 } });

        var model = Assert.IsType<ComposedModel>(registry.Create(trainer, options).Train(dataset, new TrainingContext()));

        Assert.IsType(ranker, Assert.IsType<FeatureRanker>(model.Ranker).Function);
        Assert.True(model.IsSound());
        var others = Enumerable.Range(0, dataset.Users.Count).Sum(user =>
            ListOf(model, dataset.HistoryOf(user), Blocked(dataset.HistoryOf(user), dataset.Items.Count), 10).Count(item => item / 30 != user % 4));
        Assert.InRange(others, 0, dataset.Users.Count / 2);
        // A service without any worker reads what it trained.
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        var read = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
        Assert.Equal(ScoresOf(model, dataset, 7), ScoresOf(read, dataset, 7));
        Assert.Contains(ScoresOf(model, dataset, 7), float.IsFinite);
    }

    private static IScorer TrainShell(string script, InteractionDataset dataset, List<TrainingProgress>? progress = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The programs of these tests are scripts of a Linux shell.");
        var trainer = WorkerDescription.Read("""
            { "protocol": 1, "trainers": [{ "name": "t", "target": "ranking", "needs": ["ranking"], "options": { "properties": { "candidates": { "type": "integer", "default": 5 } } } }] }
            """).Single();
        var options = new DescribedOptions(trainer.Options);
        options.Trainers["implicit-als"] = new ImplicitAlsOptions { Factors = 8 };
        return new WorkerTrainer(SampleWorker.Shell(script), trainer, options, BuiltInTrainers.Registry, TimeProvider.System)
            .Train(dataset, new TrainingContext(progress: progress is null ? null : new Reports(progress)));
    }

    private static ulong[] Blocked(UserHistory history, int items)
    {
        var blocked = new ulong[Bits.WordsFor(items)];
        foreach (var item in history.Items)
            Bits.Set(blocked, item);
        return blocked;
    }

    private static int[] ListOf(IScorer model, UserHistory user, ulong[] blocked, int count)
    {
        var best = new TopK(count);
        model.Retrieve(user, blocked, best);
        var (items, scores) = (new int[best.Count], new float[best.Count]);
        best.Drain(items, scores);
        return items;
    }

    private static float[] ScoresOf(IScorer model, InteractionDataset dataset, int user)
    {
        var scores = new float[dataset.Items.Count];
        model.Score(dataset.HistoryOf(user), [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    /// <summary>120 users of 4 groups, each with 12 of the 30 items of the group, which have prices and categories.</summary>
    private static InteractionDataset Groups()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 120; user++)
        {
            for (var bought = 0; bought < 12; bought++)
                builder.Add(user, (user % 4 * 30) + (((user * 7) + (bought * (1 + (user % 11)))) % 30), 3, 0, (bought * TimeSpan.MillisecondsPerDay) + user);
        }

        for (var item = 0; item < 120; item++)
            builder.AddContent(item, new ItemContent { Price = 1 + (item % 9), Categories = [$"c{item % 5}"] });
        return builder.Build();
    }

    private sealed class Reports(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
