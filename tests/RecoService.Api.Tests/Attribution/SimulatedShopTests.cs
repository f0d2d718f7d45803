using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Attribution;

/// <summary>Two weeks of a shop that only speaks HTTP: the service's figures are those of the shop's own books, to the list, the order and the cent.</summary>
public sealed class SimulatedShopTests
{
    private const int Steps = 50;

    private static readonly TimeSpan Window = TimeSpan.FromDays(3);

    [Theory]
    [InlineData(StorageProvider.Sqlite, 1)]
    [InlineData(StorageProvider.Postgres, 2)]
    public async Task Figures_OfTwoWeeks_AreTheShopsOwn(StorageProvider provider, int seed)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        var clock = new ShiftedTime();
        var shop = new SimulatedShop(seed, clock, Window);
        var replicas = new List<TestService> { await StartAsync() };
        try
        {
            await shop.StockAsync(replicas[0]);
            if (provider == StorageProvider.Postgres)
                replicas.Add(await StartAsync());
            for (var step = 0; step < Steps; step++)
            {
                clock.Shift += TimeSpan.FromMinutes(step * 37 % 480);
                await shop.StepAsync(replicas[step % replicas.Count]);
                if (step % 12 == 11)
                {
                    await StoredAsync();
                    await shop.MergeAsync(replicas[step % 3 % replicas.Count]);
                }

                if (step == Steps / 2)
                {
                    // What was shown before it stops is stored by then.
                    await replicas[0].DisposeAsync();
                    replicas[0] = await StartAsync();
                }

                if (step % 40 == 35)
                    await replicas[^1].Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken);
            }

            await StoredAsync();
            await Task.WhenAll(replicas.Select(replica => replica.Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken)));

            await AssertFiguresAsync();
            await replicas[0].Shop.Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
            await replicas[^1].Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken);
            await AssertFiguresAsync();
        }
        finally
        {
            foreach (var replica in replicas)
                await replica.DisposeAsync();
        }

        async Task AssertFiguresAsync()
        {
            foreach (var replica in replicas)
            {
                foreach (var by in new string[][] { [], ["placement"], ["placement", "position"], ["day"], ["source"] })
                    Assert.Equal(shop.Ledger.Rows(by), FigureText.Rows(await replica.Admin.GetJsonAsync($"/admin/metrics/recommendations?by={string.Join(',', by)}"), by));
            }
        }

        Task<TestService> StartAsync() => TestService.StartAsync(database, [$"--Reco:Attribution:Window={Window}", "--Reco:Attribution:Interval=00:10:00"], builder => builder.Services.AddSingleton<TimeProvider>(clock));

        async Task StoredAsync()
        {
            foreach (var list in shop.Ledger.Lists.TakeLast(45))
                await Wait.UntilAsync(() => IsStoredAsync(list.Id), "the list is stored");
        }

        async Task<bool> IsStoredAsync(Guid list)
        {
            try
            {
                return await replicas[0].Shop.Store.Impressions.GetAsync(list, TestContext.Current.CancellationToken) is not null;
            }
            catch (StorageUnavailableException)
            {
                // A machine under the load of all tests is slow, not away.
                return false;
            }
        }
    }
}
