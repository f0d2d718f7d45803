using System.Threading.RateLimiting;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Tests.Shops;

/// <summary>Two shops of one process have a database each, and nothing that changes in common.</summary>
public sealed class ShopTests
{
    private const int Users = 20;

    [Fact]
    public async Task Shops_OneIsFilledAndTrained_TheOtherStaysAsItWas()
    {
        await using var process = new ShopProcess();
        await using var databases = await TwoDatabases.CreateAsync();
        await using var first = await process.OpenAsync("first", databases.First);
        await using var second = await process.OpenAsync("second", databases.Second);

        await FillAsync(process, first);
        var run = await TrainAsync(first);

        Assert.Equal(RunOutcome.Published, run.Outcome);
        Assert.NotEmpty(ListOf(first));
        Assert.NotNull(first.Serving.Snapshots.Current!.Publication);

        Assert.Null(await second.Store.Catalogue.GetItemAsync("item-1", CancellationToken.None));
        Assert.Empty((await second.Store.Catalogue.ListUsersAsync(null, 10, CancellationToken.None)).Items);
        Assert.Empty((await second.Store.Runs.ListAsync(null, 10, CancellationToken.None)).Items);
        Assert.Empty((await second.Store.Models.ListAsync(null, 10, CancellationToken.None)).Items);
        Assert.Null(await second.Store.Publications.GetCurrentAsync(CancellationToken.None));
        var state = second.Serving.Snapshots.Current!;
        Assert.Equal((0, 0, null), (state.State.Items.Count, state.State.Users.Count, state.Publication));
        Assert.Empty(ListOf(second));
        Assert.False(second.Retraining.Trigger.HasStarted);
        await second.Facts.RefreshAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.Equal(new StoreCounts(0, 0, 0, 0), second.Facts.Counts!.Counts);
        Assert.Null(second.Facts.Runs!.Last);
    }

    /// <summary>Work that goes on until it is stopped must not be waited for before it is.</summary>
    [Fact]
    public async Task Background_IsStopped_EndsWhatRunsOnAndDoesNotWaitForItBefore()
    {
        await using var process = new ShopProcess();
        await using var databases = await TwoDatabases.CreateAsync();
        var (first, second) = (process.Create("first", databases.First, isScheduled: true), process.Create("second", databases.Second, isScheduled: true));
        await using var directory = new ShopDirectory(first, second);
        using var background = new ShopBackground(directory, process.Schedulers, TimeProvider.System);
        await background.StartAsync(CancellationToken.None);
        var services = directory.All.SelectMany(shop => shop.Background).ToList();
        Assert.Contains(services, service => service.ExecuteTask is { IsCompleted: false });

        await background.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.All(services, service => Assert.True(service.ExecuteTask is null or { IsCompleted: true }, service.GetType().Name));
    }

    [Fact]
    public async Task Shops_OneIsDisposed_TheOtherServesWritesAndTrains()
    {
        await using var process = new ShopProcess();
        await using var databases = await TwoDatabases.CreateAsync();
        await using var second = await process.OpenAsync("second", databases.Second);
        await using (var first = await process.OpenAsync("first", databases.First))
        {
            await FillAsync(process, first);
            await TrainAsync(first);
        }

        await FillAsync(process, second);
        var run = await TrainAsync(second);

        Assert.Equal(RunOutcome.Published, run.Outcome);
        Assert.NotEmpty(ListOf(second));
        Assert.Null(second.Monitor.Fault);
        Assert.All(second.Background, service => Assert.False(service.ExecuteTask is { IsFaulted: true } or { IsCanceled: true }));
    }

    [Fact]
    public async Task Keys_OfTheSameName_OpenTheirShopAndHaveARateOfTheirOwn()
    {
        await using var process = new ShopProcess();
        await using var databases = await TwoDatabases.CreateAsync();
        await using var first = process.Create("first", databases.First);
        await using var second = process.Create("second", databases.Second);

        Assert.Null(first.Keys.Find(ShopProcess.KeyOf("second"), TimeProvider.System.GetUtcNow()));
        Assert.Null(second.Keys.Find(ShopProcess.KeyOf("first"), TimeProvider.System.GetUtcNow()));
        var (ofFirst, ofSecond) = (first.Keys.Find(ShopProcess.KeyOf("first"), TimeProvider.System.GetUtcNow())!, second.Keys.Find(ShopProcess.KeyOf("second"), TimeProvider.System.GetUtcNow())!);
        Assert.Equal(ofFirst.Identity!.Name, ofSecond.Identity!.Name);
        await using var limiter = PartitionedRateLimiter.Create<ApiKeyCaller, ApiKeyCaller>(caller => caller.Limit);
        Assert.True(limiter.AttemptAcquire(ofFirst).IsAcquired);
        Assert.False(limiter.AttemptAcquire(ofFirst).IsAcquired);
        Assert.True(limiter.AttemptAcquire(ofSecond).IsAcquired);
    }

    [Fact]
    public async Task Schedule_OneShopIsStopped_TheRunOfTheOtherIsStillDue()
    {
        await using var process = new ShopProcess();
        await using var databases = await TwoDatabases.CreateAsync();
        await using var first = await process.OpenAsync("first", databases.First, isScheduled: true);
        await using var second = await process.OpenAsync("second", databases.Second, isScheduled: true);

        Assert.NotNull(await first.Retraining.Schedule.GetNextRunAsync(CancellationToken.None));
        await first.StopAsync(CancellationToken.None);

        Assert.Null(await first.Retraining.Schedule.GetNextRunAsync(CancellationToken.None));
        Assert.NotNull(await second.Retraining.Schedule.GetNextRunAsync(CancellationToken.None));
    }

    private static async Task FillAsync(ShopProcess process, Shop shop)
    {
        var (item, _) = await shop.Store.Catalogue.PutItemAsync("item-1", new ItemRecord { Title = "One" }, CancellationToken.None);
        shop.Serving.Snapshots.Apply(state => state.Apply(item.ToServed()));
        await process.Writer.AppendAsync(
            shop, [.. Enumerable.Range(0, Users).SelectMany(user => Enumerable.Range(1, 3).Select(position => Viewed($"user-{user}", $"item-{position}")))], CancellationToken.None);
    }

    private static NewInteraction Viewed(string userId, string itemId)
    {
        Assert.True(InteractionKinds.Default.TryGetIndex("view", out var view));
        return new NewInteraction { UserId = userId, ItemId = itemId, KindIndex = view };
    }

    private static async Task<ModelRun> TrainAsync(Shop shop)
    {
        var run = await shop.Retraining.Trigger.TryStartAsync("manual", force: true, CancellationToken.None);
        Assert.NotNull(run);
        await Wait.UntilAsync(async () => (await shop.Store.Runs.GetAsync(run.Id, CancellationToken.None))!.Outcome is not null, "the run has ended");
        return (await shop.Store.Runs.GetAsync(run.Id, CancellationToken.None))!;
    }

    private static IReadOnlyList<string> ListOf(Shop shop)
    {
        var state = shop.Serving.Snapshots.State;
        return [.. state.Recommend(new RecommendationQuery(5) { UserId = "somebody" }).Select(candidate => state.Items[candidate.ItemIndex])];
    }

    private sealed record TwoDatabases(TestDatabase First, TestDatabase Second) : IAsyncDisposable
    {
        public static async Task<TwoDatabases> CreateAsync() =>
            new(await TestDatabase.CreateAsync(StorageProvider.Sqlite), await TestDatabase.CreateAsync(StorageProvider.Sqlite));

        public async ValueTask DisposeAsync()
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
        }
    }
}
