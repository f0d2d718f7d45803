using System.Text.Json;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

/// <summary>What a trainer makes of a worker's lines and files; the workers are scripts of a shell.</summary>
public sealed class WorkerTrainerTests
{
    /// <summary>Leaves item weights without an entry, for the 3 items of the dataset.</summary>
    private const string LeaveModel = "cd \"$2/model\"; printf '{\"form\":\"item-weights\"}' > model.json; head -c 32 /dev/zero > item-starts.i64; : > items.i32; : > weights.f32";

    [Fact]
    public void Train_ModelIsLeft_IsRead()
    {
        var model = Assert.IsType<ItemWeightsModel>(Train(LeaveModel));

        Assert.Equal((2, 3, 0), (model.Users.Count, model.Items.Count, model.Weights.NonZeroCount));
    }

    [Fact]
    public void Train_Progress_IsHandedOnWithinTheWorkersPart()
    {
        var reports = new List<TrainingProgress>();

        Train("echo '{\"stage\":\"one\",\"fraction\":0}'; echo; echo '{\"fraction\":0.5,\"loss\":3}'; echo '{\"stage\":\"two\",\"fraction\":7}'; echo '{\"loss\":1}';" + LeaveModel, new Reports(reports));

        Assert.Equal(["writing the dataset", "starting the worker", "one", "training", "two", "reading the model", "trained"], reports.Select(report => report.Stage));
        Assert.Equal([0, 0.05, 0.05, 0.5, 0.95, 0.95, 1], reports.Select(report => Math.Round(report.Fraction, 6)));
    }

    [Theory]
    [InlineData("echo 7", "it wrote what is no progress: 7.")]
    [InlineData("echo '[1]'", "it wrote what is no progress: [1].")]
    [InlineData("echo '{\"stage\":'", "it wrote what is no progress: {\"stage\":.")]
    [InlineData("echo '{\"error\":\"no luck.\"}'; exit 1", "it ended with exit code 1: no luck.")]
    [InlineData("echo '{\"error\":\"forgotten\"}'", "it left no model: there is neither model.reco nor model.json in its folder.")]
    [InlineData("rm -r \"$2/model\"", "it left no model: its folder is gone.")]
    public void Train_WhatGoesWrong_IsATrainingExceptionWithTheReason(string script, string reason)
    {
        var exception = Assert.Throws<TrainingException>(() => Train(script, memory: new TrainingMemory(1L << 30)));

        Assert.Equal($"Worker 'shell' could not train 't': {reason}", exception.Message);
    }

    [Fact]
    public void Train_ModelLargerThanMayBeTaken_IsRefusedBeforeItIsRead()
    {
        var exception = Assert.Throws<TrainingException>(() => Train(LeaveModel + "; head -c 2000000000 /dev/zero > weights.f32", memory: new TrainingMemory(1L << 30)));

        Assert.Contains("more than the 1024 MiB", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FolderOfTheDataset_IsGoneAfterwardsHoweverItEnded()
    {
        var note = Path.GetTempFileName();

        Train($"echo \"$2\" > {note};" + LeaveModel);
        Assert.False(Directory.Exists(File.ReadAllText(note).Trim()));
        Assert.Throws<TrainingException>(() => Train($"echo \"$2\" > {note}; exit 1"));
        Assert.False(Directory.Exists(File.ReadAllText(note).Trim()));
        File.Delete(note);
    }

    [Fact]
    public void Train_Bound_IsTheLowerOfTheWorkersAndTheRuns()
    {
        var note = Path.GetTempFileName();

        Train($"cp \"$2/manifest.json\" {note};" + LeaveModel, memory: new TrainingMemory(200L << 20));

        Assert.Equal(200L << 20, JsonElement.Parse(File.ReadAllText(note)).GetProperty("maxMemoryBytes").GetInt64());
        File.Delete(note);
    }

    private static IScorer Train(string script, IProgress<TrainingProgress>? progress = null, TrainingMemory? memory = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The programs of these tests are scripts of a Linux shell.");
        var schema = OptionsSchema.Read(JsonElement.Parse("{}"));
        var trainer = new DescribedTrainer("t", TrainerTarget.Ranking, schema, DatasetParts.Weights);
        return new WorkerTrainer(SampleWorker.Shell(script), trainer, new DescribedOptions(schema), BuiltInTrainers.Registry, TimeProvider.System)
            .Train(DatasetFolderTests.Dataset(), new TrainingContext(progress: progress, memory: memory));
    }

    private sealed class Reports(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
