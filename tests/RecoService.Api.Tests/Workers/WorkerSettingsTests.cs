using Microsoft.Extensions.Configuration;
using RecoService.Api.Settings;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

/// <summary>Workers and their trainers' options in the configuration.</summary>
public sealed class WorkerSettingsTests
{
    [Fact]
    public void Read_Worker_HasItsTrainersWithTheirOptions()
    {
        var trainers = TrainersOf(Sample);
        var settings = Read(trainers, [.. Sample, ("Trainers:item-counts:Neighbours", "7"), ("Retraining:Recommender", "item-counts"), ("Workers:sample:MaxMemoryMiB", "64")]);

        Assert.Equal("""{"neighbours":7,"damping":0.5,"misbehave":"no"}""", trainers.Serialize("item-counts", settings.Trainers["item-counts"]));
        Assert.Equal(64, settings.Workers["sample"].MaxMemoryMiB);
        Assert.Equal([SampleWorker.Script], settings.Workers["sample"].Arguments);
        Assert.Contains("item-counts", trainers.NamesFor(TrainerTarget.Ranking));
        Assert.Empty(trainers.Absences);
    }

    [Fact]
    public void Read_RankerOfAWorker_HasTheOptionsOfItsFirstStage()
    {
        var trainers = TrainersOf(Sample);

        var settings = Read(trainers, [.. Sample, ("Trainers:ml-lambda-rank:candidateTrainer", "slim"), ("Trainers:ml-lambda-rank:Trainers:slim:Epochs", "5"), ("Trainers:slim:Epochs", "6")]);

        var options = (DescribedOptions)trainers.OptionsOf("ml-lambda-rank", settings.Trainers);
        Assert.Equal("slim", options["candidateTrainer"]);
        Assert.Equal(5, Assert.IsType<SlimOptions>(options.Trainers["slim"]).Epochs);
    }

    [Theory]
    [InlineData("Trainers:ml-lambda-rank:Trainers:slim:Epoch", "5", "Reco:Trainers:ml-lambda-rank:Trainers:slim:Epoch is not a setting")]
    [InlineData("Trainers:ml-lambda-rank:Trainers:slam:Epochs", "5", "Reco:Trainers:ml-lambda-rank:Trainers:slam: there is no trainer 'slam'")]
    [InlineData("Trainers:item-counts:Trainers:slim:Epochs", "5", "Reco:Trainers:item-counts:Trainers is not a setting")]
    [InlineData("Trainers:item-counts:neighbors", "7", "Reco:Trainers:item-counts:neighbors is not a setting; Reco:Trainers:item-counts knows neighbours, damping, misbehave.")]
    [InlineData("Trainers:item-counts:neighbours", "0", "Reco:Trainers:item-counts:neighbours must be a whole number at least 1 and at most 10000.")]
    [InlineData("Trainers:item-counts:damping", "much", "Reco:Trainers:item-counts:damping must be a number at least 0 and at most 1.")]
    [InlineData("Trainers:item-counts:misbehave", "maybe", "Reco:Trainers:item-counts:misbehave must be one of no, hang")]
    [InlineData("Trainers:item-counts:damping:value", "1", "Reco:Trainers:item-counts:damping is a value, not a section.")]
    [InlineData("Trainers:item-counts", "1", "Reco:Trainers:item-counts is a section, not a value.")]
    [InlineData("Retraining:Recommender", "item-count", "there is no trainer 'item-count'")]
    [InlineData("Workers:other:MaxMemoryMiB", "5", "Reco:Workers:other:Command is missing")]
    [InlineData("Workers:sample:Memory", "5", "Reco:Workers:sample:Memory is not a setting")]
    [InlineData("Workers:sample:MaxMemoryMiB", "-5", "Reco:Workers:sample:MaxMemoryMiB")]
    [InlineData("Workers:sample:MaxDuration", "00:00:00", "Reco:Workers:sample:MaxDuration")]
    public void Read_WhatIsWrong_IsNamedAtTheStart(string key, string value, string error)
    {
        var exception = Assert.Throws<InvalidSettingsException>(() => Read(TrainersOf(Sample), [.. Sample, (key, value)]));

        Assert.Contains(exception.Errors, fault => fault.Contains(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no-such-program", "", "there is no program 'no-such-program'")]
    [InlineData("/bin/sh", "exit 7", "it ended with exit code 7")]
    [InlineData("/bin/sh", "echo nonsense", "its description is not JSON: nonsense")]
    [InlineData("/bin/sh", """echo '{"protocol":1,"trainers":[{"name":"ease","target":"ranking","needs":[]}]}'""", "it describes the trainer 'ease', and there is one of that name already")]
    public void AddTo_WorkerThatCannotDescribeItself_IsLeftOutWithTheReason(string command, string script, string reason)
    {
        (string, string)[] worker = [("Workers:bad:Command", command), ("Workers:bad:Arguments:0", "-c"), ("Workers:bad:Arguments:1", script)];

        var trainers = TrainersOf([.. Sample, .. worker]);

        Assert.StartsWith($"Worker 'bad' is left out with its trainers: {reason}", Assert.Single(trainers.Absences), StringComparison.Ordinal);
        Assert.Contains("item-counts", trainers.Names);
        // What it might have brought cannot be told from a misspelt name, and whoever only serves needs none of it.
        var settings = Read(trainers, [.. Sample, .. worker, ("Trainers:its-own:depth", "3"), ("Retraining:Recommender", "its-own")]);
        Assert.Equal("its-own", settings.Retraining.Recommender);
    }

    [Fact]
    public void AddTo_WorkerSwitchedOff_IsNotStarted()
    {
        var trainers = TrainersOf([("Workers:off:Command", "no-such-program"), ("Workers:off:Enabled", "false")]);

        Assert.Empty(trainers.Absences);
    }

    private static (string Key, string Value)[] Sample => [("Workers:sample:Command", "python3"), ("Workers:sample:Arguments:0", SampleWorker.Script)];

    private static TrainerRegistry TrainersOf((string Key, string Value)[] settings) => WorkerTrainers.AddTo(BuiltInTrainers.Registry, ConfigurationOf(settings));

    private static RecoSettings Read(TrainerRegistry trainers, (string Key, string Value)[] settings) => SettingsExtensions.Read(ConfigurationOf(settings), trainers);

    private static IConfiguration ConfigurationOf((string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Reco:{setting.Key}", (string?)setting.Value))).Build();
}
