using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Shops;
using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Service;

/// <summary>
/// <c>POST /interactions</c> in batches of 1,000 over HTTP into a private PostgreSQL server with fsync on, service and clients in one process:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- post [rounds]</c>.
/// </summary>
internal static class PostScenario
{
    private const string Key = "benchmark-admin-key";
    private const int Connections = 4;
    private const int WarmUpBatches = 100;
    private const int Batches = 300;
    private const int BatchSize = 1000;

    public static async Task RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0]) : 3;
        await using var server = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        List<double> rates = [];
        for (var round = 0; round < rounds; round++)
        {
            var connection = await server.CreateDatabaseAsync();
            rates.Add(await MeasureAsync(connection));
            await server.DropDatabaseAsync(connection);
            Console.WriteLine($"  round {round + 1}: {rates[^1]:N0} interactions/s");
        }

        rates.Sort();
        Console.WriteLine($"post       {rates[rates.Count / 2]:N0} interactions/s (median of {rounds}), batches of {BatchSize:N0} from {Connections} keep-alive connections");
    }

    private static async Task<double> MeasureAsync(string connection)
    {
        await using var app = RecoApplication.Create(
        [
            "--environment=Production", "--urls=http://127.0.0.1:0", "--Serilog:MinimumLevel:Default=Warning", "--Reco:Retraining:Enabled=false",
            "--Reco:Storage:Provider=Postgres", $"--Reco:Storage:ConnectionString={connection}",
            "--Reco:Security:ApiKeys:0:Name=admin", "--Reco:Security:ApiKeys:0:Role=Admin", $"--Reco:Security:ApiKeys:0:Key={Key}",
        ]);
        await app.StartAsync();
        var readiness = app.Services.GetRequiredService<ShopDirectory>().Default.Serving.Readiness;
        while (!readiness.IsReady)
            await Task.Delay(50);

        var bodies = Enumerable.Range(0, WarmUpBatches + Batches).Select(Body).ToArray();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, Key);
        await SendAsync(client, bodies.AsMemory(0, WarmUpBatches));

        var watch = Stopwatch.StartNew();
        await SendAsync(client, bodies.AsMemory(WarmUpBatches));
        var rate = Batches * BatchSize / watch.Elapsed.TotalSeconds;
        await app.StopAsync();
        return rate;
    }

    private static Task SendAsync(HttpClient client, ReadOnlyMemory<byte[]> bodies)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            for (int batch; (batch = Interlocked.Increment(ref next)) < bodies.Length;)
            {
                using var content = new ByteArrayContent(bodies.Span[batch]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var response = await client.PostAsync("/interactions", content);
                response.EnsureSuccessStatusCode();
            }
        })));
    }

    private static byte[] Body(int number)
    {
        var random = new Random(number);
        return JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, BatchSize).Select(row => new
        {
            id = $"event-{number}-{row}",
            userId = $"user-{random.Next(RatingTable.UserCount)}",
            itemId = $"item-{random.Next(RatingTable.ItemCount)}",
            kind = random.Next(4) switch { 0 => "purchase", 1 => "add-to-cart", 2 => "click", _ => "view" },
            occurredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + (number * 1000L) + row),
            sessionId = $"session-{random.Next(10_000)}",
        }));
    }
}
