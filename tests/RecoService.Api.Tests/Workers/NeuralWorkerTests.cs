using Microsoft.Extensions.Configuration;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Storage;

namespace RecoService.Api.Tests.Workers;

/// <summary>TorchSharp trains in a program of its own, which stands in the folder of its project and not beside the service.</summary>
public sealed class NeuralWorkerTests
{
    /// <summary>Where this build has put it: beside this project's own output, in the same configuration.</summary>
    private static readonly string Program = Path.Combine(
        Repository.Root, "src", "RecoService.Neural", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "RecoService.Api.Tests"), AppContext.BaseDirectory), "RecoService.Neural.dll");

    [Fact]
    public async Task Retrain_SasRec_IsServedAndEncodesWhatAUserDidAMomentAgo()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(
            database, "--Reco:Workers:neural:Command=dotnet", $"--Reco:Workers:neural:Arguments:0={Program}", "--Reco:Retraining:Recommender=sasrec",
            "--Reco:Trainers:sasrec:factors=16", "--Reco:Trainers:sasrec:inner=16", "--Reco:Trainers:sasrec:blocks=1", "--Reco:Trainers:sasrec:epochs=60", "--Reco:Trainers:sasrec:learningRate=0.005", "--Reco:Trainers:sasrec:dropout=0.2",
            "--Reco:Trainers:sasrec:maxLength=10", "--Reco:Trainers:sasrec:batchSize=32");

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        var metrics = run.GetProperty("metrics");
        Assert.Equal("sasrec", metrics.GetProperty("candidate").GetProperty("trainer").GetString());
        Assert.True(metrics.GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, metrics.ToString());
        await AssertListsOfGroupAsync(service, "user-000", "item-0-");

        // Nobody knows a newcomer; their list comes from what they did a moment ago, and turns with it.
        await service.Storefront.PostInteractionsAsync([.. new[] { 1, 8, 15 }.Select(item => new { userId = "newcomer", itemId = $"item-2-{item:00}", kind = "purchase" })]);
        await AssertListsOfGroupAsync(service, "newcomer", "item-2-");
        var similar = await service.Storefront.GetJsonAsync("/items/item-1-03/similar?limit=5");
        Assert.True(similar.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("itemId").GetString()!.StartsWith("item-1-", StringComparison.Ordinal)) >= 3, similar.ToString());
    }

    [Fact]
    public void Read_SettingsOfAWorkerThatIsNotInstalled_AreAcceptedAndTheReasonSaid()
    {
        var configuration = ConfigurationOf(("Reco:Workers:neural:MaxMemoryMiB", "2048"), ("Reco:Retraining:Recommender", "sasrec"), ("Reco:Trainers:sasrec:factors", "32"));

        var trainers = WorkerTrainers.AddTo(BuiltInTrainers.Registry, configuration);

        Assert.StartsWith("Worker 'neural' is left out with its trainers: it is not installed in ", Assert.Single(trainers.Absences), StringComparison.Ordinal);
        Assert.Equal("sasrec", SettingsExtensions.Read(configuration, trainers).Retraining.Recommender);
    }

    [Fact]
    public void Read_NothingSaidOfIt_IsNoAbsence()
    {
        var trainers = WorkerTrainers.AddTo(BuiltInTrainers.Registry, ConfigurationOf());

        Assert.Empty(trainers.Absences);
        Assert.DoesNotContain("sasrec", trainers.Names);
        var exception = Assert.Throws<InvalidSettingsException>(() => SettingsExtensions.Read(ConfigurationOf(("Reco:Retraining:Recommender", "sasrec")), trainers));
        Assert.Contains(exception.Errors, fault => fault.Contains("sasrec", StringComparison.Ordinal));
    }

    [Fact]
    public void Among_FolderOfAWorker_NeedsNoSetting()
    {
        using var root = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(root.Location, "neural"));
        foreach (var file in new[] { "RecoService.Neural.dll", "describe.json" })
            File.WriteAllText(Path.Combine(root.Location, "neural", file), "");

        var (settings, description) = InstalledWorkers.Among(new Dictionary<string, WorkerSettings>(StringComparer.Ordinal), root.Location)["neural"];

        Assert.EndsWith("dotnet", Path.GetFileNameWithoutExtension(settings.Command), StringComparison.Ordinal);
        Assert.Equal([Path.Combine(root.Location, "neural", "RecoService.Neural.dll")], settings.Arguments);
        Assert.Equal(Path.Combine(root.Location, "neural", "describe.json"), description);
    }

    [Fact]
    public void Among_CommandOfTheOperator_WinsOverTheFolder()
    {
        var configured = new Dictionary<string, WorkerSettings>(StringComparer.Ordinal) { ["Neural"] = new() { Command = "podman" } };

        Assert.Equal("podman", InstalledWorkers.Among(configured)["neural"].Settings.Command);
    }

    private static IConfiguration ConfigurationOf(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    /// <summary>Only what comes next is learned, so only the top of a list is of one's own group for certain.</summary>
    private static async Task AssertListsOfGroupAsync(TestService service, string user, string prefix)
    {
        var list = await service.Storefront.GetJsonAsync($"/recommendations/{user}?limit=3");
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal("sasrec", items[0].GetProperty("source").GetString());
        Assert.All(items, item => Assert.StartsWith(prefix, item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Location { get; } = Directory.CreateTempSubdirectory("reco-workers-").FullName;

        public void Dispose() => Directory.Delete(Location, recursive: true);
    }
}
