using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Security;

namespace RecoService.Benchmarks.Load;

/// <summary>The rows of <see cref="LoadScenario"/> for one shop, measured in turn and then again.</summary>
internal sealed class LoadRows(LoadServer bareServer, LoadServer service, LoadedShop shop, LoadOptions options) : IDisposable
{
    private const int NewUsers = 2000;
    private const int EventsOfNewUser = 20;
    private const int WritesPerSecond = 500;
    private const int SlowRate = 50;

    /// <summary>A placement that orders its lists for diversity.</summary>
    public const string RichPlacement = "rich";

    /// <summary>A placement that explores two of ten places, with two experiments running.</summary>
    public const string TestedPlacement = "tested";

    private const string Filter = "price < 150";
    private static readonly TimeSpan LongestRetrain = TimeSpan.FromSeconds(60);

    private readonly byte[][] known = [.. shop.UserIds.Select(user => LoadRequests.Recommend(user))];
    private readonly byte[][] strangers = [.. Enumerable.Range(0, NewUsers).Select(user => LoadRequests.Recommend($"new-{user}"))];
    private readonly byte[][] filtered = [.. shop.UserIds.Select(user => LoadRequests.RecommendWith(user, $"filter={Uri.EscapeDataString(Filter)}"))];
    private readonly byte[][] explained = [.. shop.UserIds.Select(user => LoadRequests.RecommendWith(user, "explain=true"))];
    private readonly byte[][] rich = [.. shop.UserIds.Select(user => LoadRequests.List(
        new { userId = user, placement = RichPlacement, limit = 10, filter = Filter, include = new[] { "title", "price", "categories" } }))];
    private readonly byte[][] plainByPost = [.. shop.UserIds.Select(user => LoadRequests.List(new { userId = user, limit = 10 }))];
    private readonly byte[][] tested = [.. shop.UserIds.Select(user => LoadRequests.List(new { userId = user, placement = TestedPlacement, limit = 10 }))];
    private readonly LoadRow bare = new("a  bare endpoint, the limit");
    private readonly LoadRow warm = new("b  known users");
    private readonly LoadRow folded = new($"c  new users with {EventsOfNewUser} events");
    private readonly LoadRow bareAtRest = new("d  bare endpoint at the rate of the next two");
    private readonly LoadRow atRest = new("d  known users at half the rate, at rest");
    private readonly LoadRow retraining = new("d  known users at half the rate, retraining");
    private readonly LoadRow writing = new($"e  known users beside {WritesPerSecond} writes/s (CPU of both)");
    private readonly LoadRow withFilter = new("f  known users with a filter");
    private readonly LoadRow withPost = new("g  known users, the plain list by POST");
    private readonly LoadRow withAll = new("h  known users with filter, two rules, MMR, include");
    private readonly LoadRow withReasons = new("i  known users with explain");
    private readonly LoadRow withExperiments = new("j  known users, two experiments and exploration");
    private readonly LoadRow slow = new($"b  known users, {SlowRate} a second");
    private readonly HttpClient admin = new() { BaseAddress = service.Address, DefaultRequestHeaders = { { ApiKeyHandler.HeaderName, LoadRequests.AdminKey } } };
    private int written;

    private TimeSpan Duration => TimeSpan.FromSeconds(options.Seconds);

    /// <param name="closedLoop">False: only known users at a slow rate.</param>
    public async Task MeasureAsync(bool closedLoop)
    {
        await DescribeAsync(shop.UserIds[1]);
        if (!closedLoop)
        {
            await LoadClient.OpenLoopAsync(service.Address, known, SlowRate, time => time < TimeSpan.FromSeconds(10));
            for (var round = 0; round < options.Rounds; round++)
                slow.Add(await MeasureAsync(service, () => LoadClient.OpenLoopAsync(service.Address, known, SlowRate, time => time < Duration)));
            return;
        }

        await WarmUpAsync();
        for (var round = 0; round < options.Rounds; round++)
        {
            if (options.Rows.Contains('a'))
                bare.Add(await MeasureAsync(bareServer, () => LoadClient.ClosedLoopAsync(bareServer.Address, known, Duration)));
            if (options.Rows.Contains('b'))
                warm.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, known, Duration)));
            if (options.Rows.Contains('c'))
                folded.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, strangers, Duration)));
            if (options.Rows.Contains('d'))
                await MeasureRetrainingAsync(warm.Measurements.Count > 0 ? warm.Measurements[^1].PerSecond / 2 : 1000);
            if (options.Rows.Contains('e'))
                writing.Add(await MeasureAsync(service, () => BesideWritesAsync(Duration)));
            if (options.Rows.Contains('f'))
                withFilter.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, filtered, Duration)));
            if (options.Rows.Contains('g'))
                withPost.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, plainByPost, Duration)));
            if (options.Rows.Contains('h'))
                withAll.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, rich, Duration)));
            if (options.Rows.Contains('i'))
                withReasons.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, explained, Duration)));
            if (options.Rows.Contains('j'))
                withExperiments.Add(await MeasureAsync(service, () => LoadClient.ClosedLoopAsync(service.Address, tested, Duration)));
        }
    }

    public void Print(TextWriter writer)
    {
        writer.WriteLine(LoadRow.Heading);
        foreach (var row in new[] { bare, warm, folded, bareAtRest, atRest, retraining, writing, withFilter, withPost, withAll, withReasons, withExperiments, slow }.Where(row => row.Measurements.Count > 0))
            writer.WriteLine(row.ToString(bare.Measurements.Count > 0 && row != bare ? bare : null));
        foreach (var row in new[] { withFilter, withPost, withAll, withReasons, withExperiments }.Where(row => row.Measurements.Count > 0 && warm.Measurements.Count > 0))
            writer.WriteLine(FormattableString.Invariant($"{row.Name.Trim()} cost {row.MedianRatio(warm, measurement => measurement.CpuMicroseconds):F2} times the processor time of the plain list (median of the rounds)."));
        foreach (var row in new[] { withAll, withExperiments }.Where(row => row.Measurements.Count > 0 && withPost.Measurements.Count > 0))
            writer.WriteLine(FormattableString.Invariant($"{row.Name.Trim()} cost {row.MedianRatio(withPost, measurement => measurement.CpuMicroseconds):F2} times that of the plain list by POST (median of the rounds)."));
        if (retraining.Measurements.Count > 0)
            writer.WriteLine(FormattableString.Invariant($"p99 while retraining is {retraining.MedianRatio(atRest, row => row.P99):F2} times that at rest (median of the rounds)."));
    }

    public void Dispose() => admin.Dispose();

    /// <summary>Compiled code reaches its last tier after some thousand requests; and new users are known from here on.</summary>
    private async Task WarmUpAsync()
    {
        var random = new Random(1);
        foreach (var users in Enumerable.Range(0, NewUsers).Chunk(50))
        {
            using var response = await admin.PostAsJsonAsync("/interactions", users.SelectMany(user => Enumerable.Range(0, EventsOfNewUser).Select(number =>
                new { id = $"new-{user}-{number}", userId = $"new-{user}", itemId = shop.ItemIds[random.Next(shop.ItemIds.Count)], kind = number % 5 == 0 ? "purchase" : "click" })));
            response.EnsureSuccessStatusCode();
        }

        foreach (var (ruleId, items, boost) in ((string, string, double)[])[("up", "price < 50", 1.2), ("down", "category = \"taste-1\"", 1.1)])
        {
            using var response = await admin.PutAsJsonAsync($"/admin/rules/{ruleId}", new { placements = new[] { RichPlacement }, items, action = new { boost } });
            response.EnsureSuccessStatusCode();
        }

        // What they change costs nothing by itself, so that the row says what experiments cost.
        foreach (var (experimentId, share) in ((string, double)[])[("one", 0.1), ("two", 0.3)])
        {
            var variants = new object[] { new { name = "control", share = 1 }, new { name = "other", share = 1, overrides = new { placement = new { explorationShare = share } } } };
            using var drafted = await admin.PutAsJsonAsync($"/admin/experiments/{experimentId}", new { placements = new[] { TestedPlacement }, variants });
            drafted.EnsureSuccessStatusCode();
            using var started = await admin.PostAsync($"/admin/experiments/{experimentId}/start", null);
            started.EnsureSuccessStatusCode();
        }

        var warmUp = TimeSpan.FromSeconds(Math.Max(3, options.Seconds));
        await LoadClient.ClosedLoopAsync(bareServer.Address, known, warmUp);
        await LoadClient.ClosedLoopAsync(service.Address, known, warmUp);
        await LoadClient.ClosedLoopAsync(service.Address, strangers, warmUp / 2);
        foreach (var requests in (byte[][][])[filtered, plainByPost, rich, explained, tested])
            await LoadClient.ClosedLoopAsync(service.Address, requests, warmUp / 2);
        await LoadClient.ClosedLoopAsync(service.Address, known, warmUp / 2);
        await DescribeAsync("new-1");
    }

    private async Task MeasureRetrainingAsync(double rate)
    {
        bareAtRest.Add(await MeasureAsync(bareServer, () => LoadClient.OpenLoopAsync(bareServer.Address, known, rate, time => time < Duration)));
        atRest.Add(await MeasureAsync(service, () => LoadClient.OpenLoopAsync(service.Address, known, rate, time => time < Duration)));
        using var started = await admin.PostAsJsonAsync("/admin/retrain", new { force = true });
        started.EnsureSuccessStatusCode();
        var run = WaitForRunAsync(started.Headers.Location!);
        retraining.Add(await MeasureAsync(service, () => LoadClient.OpenLoopAsync(service.Address, known, rate, time => !run.IsCompleted && time < LongestRetrain)));
        var (outcome, seconds) = await run;
        Console.WriteLine(FormattableString.Invariant($"  a retrain beside {rate:N0} requests/s took {seconds:F1} s: {outcome}"));
    }

    private async Task<(string Outcome, double Seconds)> WaitForRunAsync(Uri location)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(200);
            var run = await admin.GetFromJsonAsync<JsonElement>(location);
            if (run.GetProperty("outcome").GetString() is { } outcome)
                return ($"{outcome} {run.GetProperty("reason").GetString()}", Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private async Task<Latencies> BesideWritesAsync(TimeSpan duration)
    {
        var random = new Random(written);
        byte[][] clicks = [.. Enumerable.Range(written, WritesPerSecond * (options.Seconds + 1))
            .Select(number => LoadRequests.Click($"click-{number}", shop.UserIds[random.Next(shop.UserIds.Count)], shop.ItemIds[random.Next(shop.ItemIds.Count)]))];
        written += clicks.Length;
        var writes = LoadClient.OpenLoopAsync(service.Address, clicks, WritesPerSecond, time => time < duration);
        var reads = await LoadClient.ClosedLoopAsync(service.Address, known, duration);
        var posted = await writes;
        Console.WriteLine(FormattableString.Invariant($"  {posted.Count / duration.TotalSeconds:N0} writes/s beside, p50 {posted.Percentile(0.5):F1} ms, p99 {posted.Percentile(0.99):F1} ms, {posted.Failures} failed"));
        return reads;
    }

    private static async Task<LoadMeasurement> MeasureAsync(LoadServer server, Func<Task<Latencies>> load)
    {
        var (before, started) = (await server.ReadUsageAsync(), Stopwatch.GetTimestamp());
        var latencies = await load();
        var (after, elapsed) = (await server.ReadUsageAsync(), Stopwatch.GetElapsedTime(started));
        return new LoadMeasurement(
            latencies.Count / elapsed.TotalSeconds, latencies.Percentile(0.5), latencies.Percentile(0.99),
            (after.ProcessorTime - before.ProcessorTime).TotalMicroseconds / latencies.Count, (double)(after.AllocatedBytes - before.AllocatedBytes) / latencies.Count,
            (after.Paused - before.Paused).TotalMilliseconds / elapsed.TotalSeconds, after.WorkingSet / 1e6,
            latencies.Failures, after.Dropped - before.Dropped);
    }

    /// <summary>Shows whose list it is that is measured.</summary>
    private async Task DescribeAsync(string userId)
    {
        var text = await admin.GetStringAsync(new Uri($"/recommendations/{userId}?limit=10", UriKind.Relative));
        var items = JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray().GroupBy(item => item.GetProperty("source").GetString());
        Console.WriteLine($"  {userId}: {string.Join(", ", items.Select(group => $"{group.Count()} items of {group.Key}"))}; {text.Length} characters");
    }
}
