using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

public sealed class ShutdownTests
{
    private static readonly string ImportHead =
        $"POST /import/items HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

    private static async Task SendLineAsync(RawHttp http, string itemId)
    {
        var line = $"{{\"itemId\":\"{itemId}\"}}\n";
        await http.WriteAsync($"{line.Length:x}\r\n{line}\r\n");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Sigterm_WithAnImportInFlight_LetsItFinishAndStoresIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var process = ServiceProcess.Start([.. TestService.DefaultSettings.Where(setting => !setting.StartsWith("--Serilog", StringComparison.Ordinal)), .. database.Settings]);
        using var client = await process.ConnectWhenReadyAsync();
        await using var http = await RawHttp.ConnectAsync(client.BaseAddress!);
        await http.WriteAsync(ImportHead);
        await SendLineAsync(http, "first");
        // Its answer says that the upload's first bytes have long been with the service.
        await client.GetJsonAsync("/admin/status");

        process.Terminate();
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains("Application is shutting down", StringComparison.Ordinal)), "the service is stopping");
        // Longer than impatient hosts wait, and with the upload going on.
        for (var second = Stopwatch.StartNew(); second.Elapsed < TimeSpan.FromSeconds(3);)
        {
            await SendLineAsync(http, $"line-{second.ElapsedMilliseconds}");
            await Task.Delay(100);
        }

        await SendLineAsync(http, "last");
        await http.WriteAsync("0\r\n\r\n");
        var answer = await http.ReadAnswerAsync();
        await process.WaitForExitAsync();

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"committed\":true", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
        await using var next = await TestService.StartAsync(database);
        await next.Admin.GetJsonAsync("/items/first");
        await next.Admin.GetJsonAsync("/items/last");
    }

    [Fact]
    public async Task Sigterm_WithADrain_IsUnreadyAtOnceAndAnswersUntilItIsOver()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, "--Reco:Shutdown:Drain=00:00:15"));
        using var client = await process.ConnectWhenReadyAsync();

        process.Terminate();
        await Wait.UntilAsync(async () =>
        {
            using var ready = await client.GetAsync("/health/ready");
            return ready.StatusCode == HttpStatusCode.ServiceUnavailable && (await ready.Content.ReadAsStringAsync()).Contains("Stopping", StringComparison.Ordinal);
        }, "the service says that it stops");
        // Whoever has not looked yet is served, over old connections and new ones, and what they write is kept.
        using var late = new HttpClient { BaseAddress = client.BaseAddress };
        late.DefaultRequestHeaders.Add("X-Api-Key", TestService.AdminKey);
        await late.GetJsonAsync("/health/live");
        await late.PostInteractionsAsync(new { id = "late", userId = "u", itemId = "late", kind = "view" });
        Assert.Contains("late", await late.RecommendAsync("v"));
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("/health/ready answers 503, and requests are answered for 15 s more", process.Output, StringComparison.Ordinal);
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Stop_AfterAList_HasWrittenItsImpression(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var ids = new List<(Guid Id, List<string> Items)>();
        await using (var service = await TestService.StartAsync(database))
        {
            await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/shown", "{}", HttpStatusCode.Created);
            for (var request = 0; request < 700; request++)
            {
                var list = await service.Storefront.GetJsonAsync($"/recommendations/user-{request}");
                ids.Add((list.GetProperty("recommendationId").GetGuid(), [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)]));
            }
        }

        await using var next = await TestService.StartAsync(database);
        var log = next.Shop.Store.Impressions;
        for (var request = 0; request < ids.Count; request++)
        {
            var impression = await log.GetAsync(ids[request].Id, CancellationToken.None);
            Assert.NotNull(impression);
            Assert.Equal($"user-{request}", impression.UserId);
            Assert.Equal(["shown"], impression.ItemIds);
            Assert.Equal(ids[request].Items, impression.ItemIds);
            Assert.Null(impression.ModelVersion);
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task SlowUpload_GoingOn_BlocksNobodyElse(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await using var import = await RawHttp.ConnectAsync(service.Address);
        await import.WriteAsync(ImportHead);
        await SendLineAsync(import, "slow");
        await using var append = await RawHttp.ConnectAsync(service.Address);
        const string body = """[{"userId":"u","itemId":"slow","kind":"view"}]""";
        await append.WriteAsync($"POST /interactions HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body[..1]}");

        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 5; round++)
        {
            await service.Storefront.PostInteractionsAsync(new { userId = "quick", itemId = $"quick-{round}", kind = "view" });
            await service.Storefront.RecommendAsync("quick");
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/quick-{round}", "{}", HttpStatusCode.Created);
        }

        // A second import beside the first.
        using var content = new StringContent("{\"itemId\":\"other\"}\n", System.Text.Encoding.UTF8, "application/x-ndjson");
        using var other = await service.Admin.PostAsync("/import/items", content);
        await other.ReadJsonAsync(HttpStatusCode.OK);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));

        await import.WriteAsync("0\r\n\r\n");
        Assert.Equal(200, (await import.ReadAnswerAsync()).Status);
        await append.WriteAsync(body[1..]);
        Assert.Equal(200, (await append.ReadAnswerAsync()).Status);
    }
}
