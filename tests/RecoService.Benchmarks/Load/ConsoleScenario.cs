using System.Diagnostics;
using System.Text.RegularExpressions;
using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// How long the console's pages take, one after the other, in a shop of 250,000 items, 50,000 users and a million interactions on a private PostgreSQL server:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- console [items]</c>.
/// </summary>
internal static partial class ConsoleScenario
{
    private const int DefaultItems = 250_000;
    private const int Rounds = 20;

    public static async Task RunAsync(string[] words)
    {
        var shop = new LoadShop(words.Length > 0 ? int.Parse(words[0]) : DefaultItems, isTrained: false);
        await using var postgres = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        var connection = await postgres.CreateDatabaseAsync();
        await using (var store = new BenchmarkStore(connection))
            await shop.FillAsync(store);
        await using var service = await LoadServer.StartServiceAsync(connection);
        using var client = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(5) };
        await LogInAsync(client);

        Console.WriteLine($"{shop.ItemCount:N0} items, {shop.UserCount:N0} users; {Rounds} times each, one after the other; milliseconds until the whole page is there.");
        Console.WriteLine("| page | first | median | longest |\n|---|---|---|---|");
        foreach (var path in Pages)
        {
            var first = await TimeAsync(client, path);
            var times = new double[Rounds];
            for (var round = 0; round < Rounds; round++)
                times[round] = await TimeAsync(client, path);
            Array.Sort(times);
            Console.WriteLine(FormattableString.Invariant($"| `{path}` | {first:F0} | {times[Rounds / 2]:F1} | {times[^1]:F1} |"));
        }
    }

    private static string[] Pages =>
    [
        "/console", "/console/runs", "/console/models", "/console/placements", $"/console/placements?placement=home&user={LoadShop.UserId(7)}", "/console/rules", "/console/experiments",
        $"/console/inspector?user={LoadShop.UserId(7)}", $"/console/inspector?item={LoadShop.ItemId(7)}", "/console/inspector?query=0001", "/console/report",
    ];

    private static async Task<double> TimeAsync(HttpClient client, string path)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        await response.Content.ReadAsByteArrayAsync();
        response.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task LogInAsync(HttpClient client)
    {
        var path = new Uri("/console/log-in", UriKind.Relative);
        var token = Token().Match(await client.GetStringAsync(path)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([new("_handler", "log-in"), new("__RequestVerificationToken", token), new("key", LoadRequests.AdminKey)]);
        using var response = await client.PostAsync(path, form);
        response.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
