using System.Text.Json;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RecoService.Api.Tests.Hosting;

public sealed class LoggingTests
{
    /// <summary>From the first line of a start with the demo shop to the last of its stop.</summary>
    [Fact]
    public async Task JsonFormat_EveryLineOfAProcess_IsOneObjectThatNamesTheReplica()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(
            [.. ServiceProcess.ServeWords(database), "--environment=Development", "--Reco:Log:Format=Json", "--Reco:ReplicaName=shop-1", "--Reco:RequestLog:SampleRate=1", .. TasteShop.QuickTraining]);
        using (var client = await process.ConnectWhenReadyAsync())
        {
            await client.GetJsonAsync("/recommendations/person-1");
            (await client.GetAsync("/nothing")).Dispose();
        }

        await process.TerminateAsync();

        var lines = process.Output.Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(0, process.ExitCode);
        Assert.All(lines, line =>
        {
            Assert.Equal("shop-1", line.GetProperty("Replica").GetString());
            Assert.NotEmpty(line.GetProperty("message").GetString()!);
            Assert.Equal(TimeSpan.Zero, line.GetProperty("time").GetDateTimeOffset().Offset);
            Assert.NotEmpty(line.GetProperty("level").GetString()!);
            Assert.DoesNotContain("person-1", line.ToString(), StringComparison.Ordinal);
        });
        var start = Assert.Single(lines, line => line.GetProperty("message").GetString()!.StartsWith($"RecoService {ServiceEndpoint.Version} starts", StringComparison.Ordinal));
        Assert.Contains("shop-1", start.ToString(), StringComparison.Ordinal);
        Assert.Contains("Sqlite", start.ToString(), StringComparison.Ordinal);
        Assert.Contains("only when asked for", start.ToString(), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.TryGetProperty("Status", out var status) && status.GetInt32() == 404);
    }

    [Fact]
    public void JsonLines_OfAnEventWithEverything_AreOneObjectOnOneLine()
    {
        using var output = new StringWriter();
        using (var log = new LoggerConfiguration().WriteTo.Sink(new To(output)).CreateLogger())
            log.Error(new InvalidOperationException("first\nsecond"), "{Name} of {Count} \"quoted\"\n{@Parts}", "a\u2028\u0001\"b", 3, new[] { 1.5, double.NaN });

        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var json = JsonElement.Parse(line);
        Assert.Equal("Error", json.GetProperty("level").GetString());
        Assert.StartsWith("a\u2028\u0001\"b of 3 \"quoted\"\n", json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("first\nsecond", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Equal("a\u2028\u0001\"b", json.GetProperty("Name").GetString());
        Assert.Equal(3, json.GetProperty("Count").GetInt32());
        Assert.Equal(2, json.GetProperty("Parts").GetArrayLength());
    }

    private sealed class To(TextWriter output) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => new JsonLines().Format(logEvent, output);
    }

    [Theory]
    [InlineData("Data Source=data/reco.db", "data source=data/reco.db")]
    [InlineData("Host=db;Port=5433;Database=reco;Username=reco;Password=hush-hush", "host=db;port=5433;database=reco;username=reco")]
    [InlineData("Server=db;User ID=reco;PWD=hush-hush;Passfile=hush-hush;SSL Key=hush-hush", "server=db;user id=reco")]
    [InlineData("postgres://reco:hush-hush@db.example:5433/shop?sslmode=require", "db.example:5433/shop")]
    [InlineData("postgres://reco:hush hush-hush", "an address")]
    [InlineData("hush-hush", "a connection string")]
    public void StoreText_OfAConnection_NamesThePlaceAndNoSecret(string connection, string expected)
    {
        var text = StoreText.Of(new StoreSettings { Provider = StorageProvider.Postgres, ConnectionString = connection });

        Assert.Equal($"Postgres ({expected})", text, ignoreCase: true);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
    }
}
