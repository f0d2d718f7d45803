using System.Text.Json;

namespace RecoService.Api.Simulation;

/// <summary>Asks a running service for its figures of some days, per placement.</summary>
/// <param name="client">Of the service.</param>
internal sealed class ServiceFigures(ServiceClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day.</param>
    /// <param name="ct">Stops asking.</param>
    public async Task<IReadOnlyDictionary<string, ShopFigures>> ReadAsync(DateOnly from, DateOnly to, CancellationToken ct)
    {
        var answer = await client.GetAsync($"/admin/metrics/recommendations?by=placement&from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}", ct);
        return answer.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("placement").GetString()!, Of, StringComparer.Ordinal);
    }

    /// <summary>Asks until everything that was shown before a time is counted, or the patience ends: lists are stored a moment after they are shown.</summary>
    /// <param name="time">By the service's clock, or one that is near it.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="ct">Stops asking.</param>
    public Task WaitForCountAsync(DateTimeOffset time, TimeSpan patience, CancellationToken ct) => PollAsync(
        async () => (await client.GetAsync("/admin/metrics/recommendations", ct)).GetProperty("asOf"), asOf => asOf.ValueKind == JsonValueKind.String && asOf.GetDateTimeOffset() > time + Pause, patience, ct);

    /// <summary>Asks until the figures have grown by what the books say, or the patience ends.</summary>
    /// <param name="before">The figures before.</param>
    /// <param name="read">Reads them now.</param>
    /// <param name="books">By how much they should grow.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="ct">Stops asking.</param>
    /// <returns>By how much they have grown, per placement of the books.</returns>
    public static Task<List<(string Placement, ShopFigures Service, ShopFigures Shop)>> WaitAsync(
        IReadOnlyDictionary<string, ShopFigures> before, Func<Task<IReadOnlyDictionary<string, ShopFigures>>> read, IReadOnlyList<(string Placement, ShopFigures Figures)> books, TimeSpan patience, CancellationToken ct)
    {
        return PollAsync(async () => GrownTo(await read()), grown => grown.TrueForAll(one => one.Service == one.Shop), patience, ct);

        List<(string Placement, ShopFigures Service, ShopFigures Shop)> GrownTo(IReadOnlyDictionary<string, ShopFigures> now) =>
            [.. books.Select(book => (book.Placement, now.GetValueOrDefault(book.Placement) - before.GetValueOrDefault(book.Placement), book.Figures))];
    }

    /// <summary>Asks with pauses until the answer will do, or the patience ends.</summary>
    /// <returns>The last answer.</returns>
    private static async Task<T> PollAsync<T>(Func<Task<T>> ask, Predicate<T> isEnough, TimeSpan patience, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isEnough(answer) || TimeProvider.System.GetElapsedTime(started) >= patience)
                return answer;
            await Task.Delay(Pause, ct);
        }
    }

    private static ShopFigures Of(JsonElement row) => new(
        row.GetProperty("lists").GetInt64(), row.GetProperty("impressions").GetInt64(), row.GetProperty("clicks").GetInt64(), row.GetProperty("orders").GetInt64(), row.GetProperty("orderLines").GetInt64(),
        (long)row.GetProperty("units").GetDouble(), row.GetProperty("revenue").GetDecimal(), row.GetProperty("likes").GetInt64(), row.GetProperty("returns").GetInt64());
}
