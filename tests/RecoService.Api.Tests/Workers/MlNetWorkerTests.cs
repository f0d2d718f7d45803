using System.Net;
using Microsoft.Extensions.Configuration;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Tests.Workers;

/// <summary>ML.NET trains, in the program that is built beside the service.</summary>
public sealed class MlNetWorkerTests
{
    private const string Trainer = "ml-logistic-mf";

    [Fact]
    public async Task Retrain_OneSetting_RunsTheServiceWithMlNet()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, $"--Reco:Retraining:Recommender={Trainer}");

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        var metrics = run.GetProperty("metrics");
        Assert.Equal(Trainer, metrics.GetProperty("candidate").GetProperty("trainer").GetString());
        Assert.True(metrics.GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, metrics.ToString());
        await AssertListsOfGroupAsync(service, "user-000", "item-0-");

        // A user who comes after the training is folded in, by what they did a moment ago.
        await service.Storefront.PostInteractionsAsync([.. new[] { 1, 8, 15 }.Select(item => new { userId = "newcomer", itemId = $"item-2-{item:00}", kind = "purchase" })]);
        await AssertListsOfGroupAsync(service, "newcomer", "item-2-");

        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(force: true), "published", "overridden");
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{RetrainTests.Version(run)}/publish", null, HttpStatusCode.OK);
        Assert.Equal(RetrainTests.Version(run), await RetrainTests.ServedVersionAsync(service));
    }

    [Fact]
    public void Host_Assemblies_AreFreeOfMlNet()
    {
        var folder = AppContext.BaseDirectory;

        Assert.True(File.Exists(Path.Combine(folder, "workers", "mlnet", "RecoService.MlNet.dll")));
        Assert.Empty(Directory.EnumerateFiles(folder, "Microsoft.ML*").Concat(Directory.EnumerateFiles(folder, "RecoService.MlNet*")));
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameScores()
    {
        var dataset = Groups();

        Assert.Equal(ListOf(Train(dataset, seed: 1), dataset.HistoryOf(3)), ListOf(Train(dataset, seed: 1), dataset.HistoryOf(3)));
    }

    [Fact]
    public void Train_EmptyDataset_GivesAnEmptyModel()
    {
        var model = Train(new InteractionDatasetBuilder(InteractionKinds.Default).Build(), seed: 1);

        Assert.Equal((0, 0), (model.Users.Count, model.Items.Count));
    }

    [Fact]
    public void FoldIn_HistoryOfATrainedUser_GivesNearlyTheirList()
    {
        var dataset = Groups();
        var model = Train(dataset, seed: 1);

        var shared = Enumerable.Range(0, dataset.Users.Count).Average(user =>
        {
            var known = dataset.HistoryOf(user);
            var stranger = new UserHistory(-1, known.Items, known.Weights, known.Times, known.Ratings);
            return ListOf(model, known).Intersect(ListOf(model, stranger)).Count() / 10.0;
        });

        Assert.True(shared > 0.7, $"{shared}");
    }

    [Fact]
    public void Train_Cancelled_EndsTheProgram()
    {
        using var source = new CancellationTokenSource();
        var context = new TrainingContext(progress: new Cancelling(source), cancellationToken: source.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => Create("""{ "epochs": 1000 }""").Train(Groups(), context));
    }

    [Fact]
    public void Train_TooLittleMemory_IsRefusedWithAReason()
    {
        var context = new TrainingContext(memory: new TrainingMemory(1 << 20));

        var exception = Assert.Throws<TrainingException>(() => Create("""{ "factors": 1024 }""").Train(Groups(), context));

        Assert.Contains("Worker 'mlnet' could not train 'ml-logistic-mf'", exception.Message, StringComparison.Ordinal);
    }

    private static async Task AssertListsOfGroupAsync(TestService service, string user, string prefix)
    {
        var list = await service.Storefront.GetJsonAsync($"/recommendations/{user}?limit=10");
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Trainer, items[0].GetProperty("source").GetString());
        Assert.All(items, item => Assert.StartsWith(prefix, item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
    }

    private static FactorModel Train(InteractionDataset dataset, int seed) => (FactorModel)Create("{}").Train(dataset, new TrainingContext(seed: seed));

    private static ITrainer Create(string options)
    {
        var registry = WorkerTrainers.AddTo(BuiltInTrainers.Registry, new ConfigurationBuilder().Build());
        return registry.Create(Trainer, registry.Deserialize(Trainer, options));
    }

    private static List<int> ListOf(IScorer model, UserHistory user)
    {
        var best = new TopK(10);
        model.Retrieve(user, [], best);
        var (items, scores) = (new int[best.Count], new float[best.Count]);
        best.Drain(items, scores);
        return [.. items];
    }

    /// <summary>120 users of 4 groups, each with 12 of the 30 items of the group.</summary>
    private static InteractionDataset Groups()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 120; user++)
        {
            for (var bought = 0; bought < 12; bought++)
                builder.Add(user, (user % 4 * 30) + (((user * 7) + (bought * (1 + (user % 11)))) % 30), 3, 0, bought);
        }

        return builder.Build();
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Stage == "training")
                source.Cancel();
        }
    }
}
