using System.Diagnostics;
using System.Net.Http.Json;
using RecoService.Api.Security;

namespace RecoService.Benchmarks.Load;

/// <param name="Reads">Lists asked for.</param>
/// <param name="Writes">Interactions posted.</param>
/// <param name="Swaps">Publications that were answered.</param>
/// <param name="Removals">Items taken out and put back.</param>
/// <param name="Returned">Lists asked for after the answer to a removal that hold the item: there must be none.</param>
/// <param name="Memory">Of the service, from the start to the end.</param>
internal sealed record SoakReport(
    Latencies Reads, Latencies Writes, int Swaps, int Removals, int Returned, IReadOnlyList<(TimeSpan Time, ServerUsage Usage)> Memory);

/// <summary>Readers, writers, an operator and a merchandiser on one service.</summary>
internal sealed class Soak(LoadServer service, LoadShop shop, int[] versions, TimeSpan duration) : IDisposable
{
    private const int ReadsPerSecond = 300;
    private const int WritesPerSecond = 50;
    private const int MemoryLooks = 10;
    private const int ReadsAfterRemoval = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SwapInterval = TimeSpan.FromSeconds(5);

    private readonly HttpClient admin = new() { BaseAddress = service.Address, DefaultRequestHeaders = { { ApiKeyHandler.HeaderName, LoadRequests.AdminKey } } };
    private long started;

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    private bool GoesOn => Elapsed < duration;

    public async Task<SoakReport> RunAsync()
    {
        byte[][] reads = [.. Enumerable.Range(0, shop.UserCount).Select(user => LoadRequests.Recommend(LoadShop.UserId(user)))];
        var random = new Random(1);
        byte[][] clicks = [.. Enumerable.Range(0, WritesPerSecond * ((int)duration.TotalSeconds + 1))
            .Select(number => LoadRequests.Click($"soak-{number}", LoadShop.UserId(random.Next(shop.UserCount)), LoadShop.ItemId(random.Next(shop.ItemCount))))];

        // Not what is looked at here: a process that has just been started compiles as it goes.
        await LoadClient.ClosedLoopAsync(service.Address, reads, WarmUp);
        started = Stopwatch.GetTimestamp();
        var reading = LoadClient.OpenLoopAsync(service.Address, reads, ReadsPerSecond, _ => GoesOn);
        var writing = LoadClient.OpenLoopAsync(service.Address, clicks, WritesPerSecond, _ => GoesOn);
        var swapping = SwapAsync();
        var removing = RemoveAsync();
        var memory = WatchMemoryAsync();
        var (removals, returned) = await removing;
        return new SoakReport(await reading, await writing, await swapping, removals, returned, await memory);
    }

    public void Dispose() => admin.Dispose();

    private async Task<int> SwapAsync()
    {
        var swaps = 0;
        for (; GoesOn; swaps++)
        {
            using var published = await admin.PostAsync(new Uri($"/admin/models/{versions[swaps % versions.Length]}/publish", UriKind.Relative), content: null);
            published.EnsureSuccessStatusCode();
            await Task.Delay(SwapInterval);
        }

        return swaps;
    }

    /// <summary>Takes out the first item of somebody's list, asks for that list again and again, and puts the item back.</summary>
    private async Task<(int Removals, int Returned)> RemoveAsync()
    {
        using var connection = await LoadConnection.OpenAsync(service.Address);
        var (removals, returned) = (0, 0);
        for (; GoesOn; removals++)
        {
            var request = LoadRequests.Recommend(LoadShop.UserId(removals % shop.UserCount));
            await connection.SendAsync(request);
            var itemId = ServedList.FirstItemOf(connection.Answer);
            await SetAvailableAsync(itemId, isAvailable: false);
            for (var read = 0; read < ReadsAfterRemoval; read++)
            {
                await connection.SendAsync(request);
                returned += ServedList.Holds(connection.Answer, itemId) ? 1 : 0;
            }

            await SetAvailableAsync(itemId, isAvailable: true);
        }

        return (removals, returned);
    }

    private async Task SetAvailableAsync(string itemId, bool isAvailable)
    {
        using var answer = await admin.PatchAsJsonAsync($"/items/{itemId}", new { available = isAvailable });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<List<(TimeSpan Time, ServerUsage Usage)>> WatchMemoryAsync()
    {
        var looks = new List<(TimeSpan, ServerUsage)>();
        while (GoesOn)
        {
            await Task.Delay(duration / MemoryLooks);
            looks.Add((Elapsed, await service.ReadUsageAsync()));
        }

        return looks;
    }
}
