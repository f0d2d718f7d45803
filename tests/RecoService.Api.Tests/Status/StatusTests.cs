using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using RecoService.Api.Telemetry;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Status;

public sealed class StatusTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Status_BeforeAndAfterAModel_SaysWhatIsServedAndWhatComesNext(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Enabled=true", "--Reco:Retraining:Interval=1.00:00:00", "--Reco:Retraining:FirstRunDelay=1.00:00:00"]);
        var before = await service.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("ready", before.GetProperty("status").GetString());
        foreach (var name in new[] { "modelVersion", "modelPublishedAt", "modelAgeSeconds", "lastRun", "runningRunId" })
            Assert.Equal(JsonValueKind.Null, before.GetProperty(name).ValueKind);
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(before.GetProperty("nextRunAt").GetDateTimeOffset(), now.AddHours(23), now.AddHours(24));

        await service.Storefront.PostInteractionsAsync(
            [.. Enumerable.Range(0, 400).Select(position => new { userId = $"u{position % 40}", itemId = $"i{position % 17}", kind = "view" }), new { userId = "u1", itemId = "i1", kind = "rating", value = 4 }]);
        var run = await service.Admin.RetrainAsync(force: true);
        Assert.Equal("published", run.GetProperty("outcome").GetString());

        // Counts are at most ten seconds old.
        JsonElement after = default;
        await Wait.UntilAsync(async () =>
        {
            after = await service.Admin.GetJsonAsync("/admin/status");
            return after.GetProperty("counts").GetProperty("users").GetInt32() == 40;
        }, "the counts are new");
        Assert.Equal(run.GetProperty("modelVersion").GetInt32(), after.GetProperty("modelVersion").GetInt32());
        Assert.InRange(after.GetProperty("modelAgeSeconds").GetDouble(), 0, 60);
        Assert.False(after.GetProperty("pinned").GetBoolean());
        Assert.Equal(run.GetProperty("runId").GetInt64(), after.GetProperty("lastRun").GetProperty("runId").GetInt64());
        Assert.Equal("published", after.GetProperty("lastRun").GetProperty("outcome").GetString());
        Assert.InRange(after.GetProperty("liveLagSeconds").GetDouble(), 0, 5);
        Assert.Equal(0, after.GetProperty("droppedImpressions").GetInt32());
        Assert.Equal((17, 401, 1), (
            after.GetProperty("counts").GetProperty("items").GetInt32(), after.GetProperty("counts").GetProperty("interactions").GetInt32(), after.GetProperty("counts").GetProperty("ratings").GetInt32()));

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{run.GetProperty("modelVersion")}/publish", null);
        Assert.True((await service.Admin.GetJsonAsync("/admin/status")).GetProperty("pinned").GetBoolean());
    }

    [Fact]
    public async Task Health_OfAReadyService_IsShortAndForEverybody()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        Assert.Equal("""{"status":"live"}""", (await service.Anonymous.GetJsonAsync("/health/live")).ToString());
        Assert.Equal("""{"status":"ready"}""", (await service.Anonymous.GetJsonAsync("/health/ready")).ToString());
    }

    [Fact]
    public async Task Health_StoreThatNeverAnswers_Is503AndListsAre503WithRetryAfter()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartUnreadyAsync(database, ["--Reco:Storage:Provider=Postgres", "--Reco:Storage:ConnectionString=Host=127.0.0.1;Port=1;Timeout=1"]);

        await Wait.UntilAsync(async () =>
        {
            using var ready = await service.Anonymous.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            return (await ready.Content.ReadAsStringAsync()).Contains("does not answer", StringComparison.Ordinal);
        }, "the service says that it waits for the store");
        await service.Anonymous.GetJsonAsync("/health/live");
        foreach (var path in new[] { "/recommendations/u", "/items/x" })
        {
            using var response = await service.Storefront.GetAsync(path);
            await Edges.Refusal.ReadProblemAsync(response, HttpStatusCode.ServiceUnavailable);
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        }

        var status = await service.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("starting", status.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("counts").ValueKind);
    }

    [Fact]
    public async Task Meter_OfARunningService_CountsWhatItDoes()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        var sums = new ConcurrentDictionary<string, double>();
        var last = new ConcurrentDictionary<string, double>();
        var factory = service.Get<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            // Other services run in this process too.
            if (instrument.Meter.Name == RecoMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
                to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Take(instrument, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Take(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Take(instrument, value));
        listener.Start();

        await service.Storefront.PostInteractionsAsync(
            [.. Enumerable.Range(0, 300).Select(position => new { userId = $"u{position % 30}", itemId = $"i{position % 11}", kind = "view" })]);
        for (var request = 0; request < 7; request++)
            await service.Storefront.RecommendAsync("u1");
        var run = await service.Admin.RetrainAsync(force: true);
        await Wait.UntilAsync(() =>
        {
            listener.RecordObservableInstruments();
            return Task.FromResult(last.GetValueOrDefault("reco.users") == 30 && last.GetValueOrDefault("reco.model.version") > 0 && sums.ContainsKey("reco.runs"));
        }, "the gauges show the store");

        Assert.Equal(300, sums["reco.interactions.accepted"]);
        Assert.Equal(7, sums["reco.recommendations"]);
        Assert.Equal(1, sums["reco.runs"]);
        Assert.InRange(sums["reco.run.duration"], 0.0001, 120);
        Assert.Equal(run.GetProperty("modelVersion").GetInt32(), last["reco.model.version"]);
        Assert.InRange(last["reco.model.age"], 0, 120);
        Assert.InRange(last["reco.live.lag"], 0, 60);
        Assert.Equal((0, 11, 300), (last["reco.impressions.dropped"], last["reco.items"], last["reco.interactions"]));

        void Take(Instrument instrument, double value)
        {
            sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            last[instrument.Name] = value;
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Impression_OfAModelsList_IsPersistedAsShown(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(
            [.. Enumerable.Range(0, 300).Select(position => new { userId = $"u{position % 30}", itemId = $"i{position % 11}", kind = "view" })]);
        await service.Admin.RetrainAsync(force: true);

        var list = await service.Storefront.GetJsonAsync("/recommendations/u1?limit=5");
        Impression? impression = null;
        await Wait.UntilAsync(async () => (impression = await service.Shop.Store.Impressions.GetAsync(list.GetProperty("recommendationId").GetGuid(), CancellationToken.None)) is not null, "the impression is stored");

        Assert.Equal("u1", impression!.UserId);
        Assert.Equal(list.GetProperty("modelVersion").GetInt32(), impression.ModelVersion);
        Assert.Equal(list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()), impression.ItemIds);
        Assert.InRange(impression.OccurredAt, TimeProvider.System.GetUtcNow().AddMinutes(-2), TimeProvider.System.GetUtcNow());
    }
}
