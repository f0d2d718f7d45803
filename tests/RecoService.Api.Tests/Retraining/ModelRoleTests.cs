using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>What is trained beside the recommender serves in its role, and only that is trained for a run that something reads.</summary>
public sealed class ModelRoleTests
{
    [Theory]
    [InlineData("item-knn:similarity", "item-knn")]
    [InlineData("item-knn", "item-knn")]
    [InlineData("item-knn:none", "implicit-als")]
    [InlineData("item-knn:fallback", "implicit-als")]
    [InlineData("", "implicit-als")]
    public async Task SimilarItems_ComeFromTheModelWithTheRole(string alsoTrain, string source)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await StartFilledAsync(database, BuiltInTrainers.Registry, $"--Reco:Retraining:AlsoTrain={alsoTrain}"))
        {
            RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
            await AssertSourceAsync(service, source);
        }

        // The same after a start.
        await using var again = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, $"--Reco:Retraining:AlsoTrain={alsoTrain}"]);
        await AssertSourceAsync(again, source);

        static async Task AssertSourceAsync(TestService service, string source)
        {
            var similar = await service.Storefront.GetJsonAsync("/items/item-0-00/similar?limit=3");
            Assert.All(similar.GetProperty("items").EnumerateArray().ToList(), item => Assert.Equal(source, item.GetProperty("source").GetString()));
            Assert.NotEmpty(similar.GetProperty("items").EnumerateArray());
        }
    }

    [Theory]
    [InlineData("rp3beta:fallback", "rp3beta")]
    [InlineData("rp3beta:similarity", "popularity")]
    public async Task Lists_OfSomebodyUnknown_ComeFromTheFallbackBeforeTheBaseline(string alsoTrain, string source)
    {
        var registry = BuiltInTrainers.Registry.With<PopularityOptions>("rp3beta", options => new PopularityTrainer(options));
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartFilledAsync(database, registry, $"--Reco:Retraining:AlsoTrain={alsoTrain}");

        await service.Admin.RetrainAsync();

        var list = await service.Storefront.GetJsonAsync("/recommendations/nobody?limit=5");
        Assert.All(list.GetProperty("items").EnumerateArray().ToList(), item => Assert.Equal(source, item.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task Retrain_TrainerThatOnlyStandsBehind_IsNotTrainedForTheJudgement()
    {
        var counting = new Counting();
        var registry = BuiltInTrainers.Registry.With<PopularityOptions>("rp3beta", _ => counting);
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartFilledAsync(database, registry, "--Reco:Retraining:AlsoTrain=rp3beta");

        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);

        Assert.Equal(1, counting.Trainings);
    }

    /// <summary>Popularity is what every model is held against: a run without it cannot be judged.</summary>
    [Fact]
    public async Task Retrain_BaselineThatCannotBeTrained_FailsWithTheReason()
    {
        var registry = BuiltInTrainers.Registry.With<PopularityOptions>(TrainerRegistry.Baseline, _ => new Failing());
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartFilledAsync(database, registry);

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "failed", "more memory than the bound allows");
    }

    private static async Task<TestService> StartFilledAsync(TestDatabase database, TrainerRegistry registry, params string[] settings)
    {
        // Settings are checked against the built-in trainers, so a test's own trainer takes the name of one of these.
        var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, .. settings], builder => builder.Services.AddSingleton(registry));
        await TasteShop.FillAsync(service.Storefront);
        return service;
    }

    private sealed class Counting : ITrainer
    {
        private int trainings;

        public int Trainings => trainings;

        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            Interlocked.Increment(ref trainings);
            return new PopularityTrainer(new PopularityOptions()).Train(dataset, context);
        }
    }

    private sealed class Failing : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context) => throw new TrainingException("This takes more memory than the bound allows.");
    }
}
