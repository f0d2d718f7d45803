using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Importing;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>Twelve seconds of a shop's day: readers, buyers, an operator who swaps models and a merchandiser who takes items out and puts them back. Alone, because memory is that of the whole process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class UnderLoadTests
{
    private const int Readers = 4;
    private const int MostHidden = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HideEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SwapEvery = TimeSpan.FromMilliseconds(500);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <summary>Item -> which of the changes hid it; only changes whose answer has arrived stand here.</summary>
    private ImmutableDictionary<string, int> hidden = ImmutableDictionary<string, int>.Empty;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task SwapsRemovalsAndWrites_WhileListsAreRead_NoReadFailsNothingRemovedReturnsAndMemoryStaysFlat(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        await using var service = await RetrainTests.StartFilledAsync(database);
        int[] versions = [RetrainTests.Version(await service.Admin.RetrainAsync()), RetrainTests.Version(await service.Admin.RetrainAsync(force: true))];

        var readers = Enumerable.Range(0, Readers).Select(reader => ReadAsync(service, reader)).ToList();
        var writing = RepeatAsync(WriteEvery, number => service.Storefront.PostInteractionsAsync(
            new { id = $"load-{number}", userId = TasteShop.UserId(number * 7 % TasteShop.Users), itemId = $"item-{number % 4}-{number % 30:00}", kind = "click" }));
        var hiding = RepeatAsync(HideEvery, number => HideAsync(service, number));
        var swapping = RepeatAsync(SwapEvery, number => service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{versions[number % versions.Length]}/publish", null));
        await Task.WhenAny(Task.Delay(Duration / 3, TestContext.Current.CancellationToken), Task.WhenAll(readers));
        var early = GC.GetTotalMemory(forceFullCollection: true);
        var reads = await Task.WhenAll(readers);
        var (writes, removals, swaps) = (await writing, await hiding, await swapping);
        var late = GC.GetTotalMemory(forceFullCollection: true);

        Assert.True(reads.Sum() > 300 && writes > 100 && removals > 50 && swaps > 10, $"{reads.Sum()} reads, {writes} writes, {removals} removals, {swaps} swaps");
        Assert.True(late - early < 32 << 20, $"from {early >> 20} to {late >> 20} MiB");
        Assert.Equal(writes, await database.CountAsync("SELECT count(*) FROM interactions WHERE id LIKE 'load-%'"));
    }

    private bool GoesOn => Stopwatch.GetElapsedTime(started) < Duration;

    private async Task<int> ReadAsync(TestService service, int reader)
    {
        using var client = service.CreateClient(TestService.StorefrontKey);
        return await RepeatAsync(ReadEvery, async number =>
        {
            var before = Volatile.Read(ref hidden);
            var list = await client.RecommendAsync(TasteShop.UserId((reader + (number * Readers)) % TasteShop.Users), limit: 20);
            var after = Volatile.Read(ref hidden);

            Assert.Equal(20, list.Count);
            foreach (var itemId in list)
                Assert.False(before.TryGetValue(itemId, out var change) && after.TryGetValue(itemId, out var later) && change == later, $"{itemId} was unavailable.");
        });
    }

    private async Task HideAsync(TestService service, int number)
    {
        var itemId = $"item-{number % 4}-{number / 4 % 30:00}";
        await SetAvailableAsync(service, itemId, available: false);
        Volatile.Write(ref hidden, hidden.SetItem(itemId, number));
        if (hidden.Count <= MostHidden)
            return;
        var (oldest, _) = hidden.MinBy(item => item.Value);
        Volatile.Write(ref hidden, hidden.Remove(oldest));
        await SetAvailableAsync(service, oldest, available: true);
    }

    private static Task<JsonElement> SetAvailableAsync(TestService service, string itemId, bool available) =>
        service.Admin.SendJsonAsync(HttpMethod.Patch, $"/items/{itemId}", JsonSerializer.Serialize(new { available }), HttpStatusCode.OK);

    /// <summary>Does something again and again, one after the other, until the time is over.</summary>
    /// <returns>How often.</returns>
    private async Task<int> RepeatAsync(TimeSpan every, Func<int, Task> act)
    {
        using var timer = new PeriodicTimer(every);
        var count = 0;
        for (; GoesOn; count++)
        {
            await act(count);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return count;
    }
}
