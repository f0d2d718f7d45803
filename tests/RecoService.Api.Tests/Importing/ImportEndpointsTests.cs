using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>Every test has users and items of its own.</summary>
public sealed class ImportEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    private static async Task<JsonElement> ImportAsync(TestService service, string path, byte[] body, string type, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var response = await service.Admin.PostAsync(path, content);
        return await response.ReadJsonAsync(expected);
    }

    private static Task<JsonElement> ImportAsync(TestService service, string path, string body, string type, HttpStatusCode expected = HttpStatusCode.OK) =>
        ImportAsync(service, path, Encoding.UTF8.GetBytes(body), type, expected);

    private static (bool Committed, int Lines, int Accepted, int Duplicates, int Dropped, int Invalid) Of(JsonElement report) => (
        report.GetProperty("committed").GetBoolean(), report.GetProperty("lines").GetInt32(), report.GetProperty("accepted").GetInt32(),
        report.GetProperty("duplicates").GetInt32(), report.GetProperty("dropped").GetInt32(), report.GetProperty("invalid").GetInt32());

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_CsvAndNdjsonPackedOrNot_CountsForTheNextListAndOnlyOnce(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var items = "{\"itemId\":\"im-a\",\"title\":\"A\"}\n\n{\"itemId\":\"im-b\",\"title\":\"B\",\"available\":false}\n";
        var interactions = "userId,itemId,kind,occurredAt\nim-u,im-a,purchase,2026-01-01T00:00:00Z\nim-u,im-c,view,2026-01-01T00:00:01Z\n";

        Assert.Equal((true, 2, 2, 0, 0, 0), Of(await ImportAsync(service, "/import/items", items, Ndjson)));
        var shown = await service.Storefront.RecommendAsync("im-u", 200);
        Assert.Contains("im-a", shown);
        Assert.DoesNotContain("im-b", shown);

        var packed = MemoryImport.Gzip(Encoding.UTF8.GetBytes(interactions));
        Assert.Equal((true, 2, 2, 0, 0, 0), Of(await ImportAsync(service, "/import/interactions?format=csv", packed, "application/gzip")));
        shown = await service.Storefront.RecommendAsync("im-u", 200);
        Assert.DoesNotContain("im-a", shown);
        Assert.Contains("im-c", shown);

        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);
        Assert.Equal((true, 2, 0, 2, 0, 0), Of(await ImportAsync(service, "/import/interactions", interactions, Csv)));
        Assert.Equal(0, Of(await ImportAsync(service, "/import/items", items, "application/jsonl")).Invalid);
        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));

        Assert.Equal((true, 1, 1, 0, 0, 0), Of(await ImportAsync(service, "/import/users", "{\"userId\":\"im-user\",\"attributes\":{\"a\":1}}", "application/ndjson")));
        Assert.Equal(1, (await service.Admin.GetJsonAsync("/users/im-user")).GetProperty("attributes").GetProperty("a").GetInt32());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_OneBadLine_StoresNothingUnlessSkipped(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var lines = string.Concat(Enumerable.Range(0, 200).Select(position => $"bad-u,bad-i{position},{(position % 2 == 0 ? "view" : "stare")},2026-01-01T00:00:00Z\n"));
        var body = "userId,itemId,kind,occurredAt\n" + lines;
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);

        var refused = await ImportAsync(service, "/import/interactions", body, Csv, HttpStatusCode.UnprocessableEntity);

        Assert.Equal((false, 200, 0, 0, 0, 100), Of(refused));
        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
        var errors = refused.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(100, errors.Count);
        Assert.Equal(3, errors[0].GetProperty("line").GetInt32());
        Assert.Contains("kind 'stare' is unknown", errors[0].GetProperty("reason").GetString(), StringComparison.Ordinal);

        Assert.Equal((true, 200, 100, 0, 0, 100), Of(await ImportAsync(service, "/import/interactions?skipInvalid=true", body, Csv)));
        Assert.Equal((true, 200, 0, 100, 0, 100), Of(await ImportAsync(service, "/import/interactions?skipInvalid=true", body, Csv)));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_WithMappingAndConditions_DropsAndKeepsAsAsked(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var body = "InvoiceNo;StockCode;Quantity;InvoiceDate;CustomerID\n1;map-i;2;01.12.2025 08:30;map-u\nC2;map-i;1;01.12.2025 08:30;map-u\n3;map-i;1;01.12.2025 08:30;\n";

        var report = await ImportAsync(
            service,
            "/import/interactions?delimiter=semicolon&map=userId=CustomerID&map=itemId=StockCode&map=orderId=InvoiceNo&map=quantity=Quantity&map=occurredAt=InvoiceDate&set=kind=purchase"
            + $"&key=InvoiceNo,StockCode&timeFormat={Uri.EscapeDataString("dd.MM.yyyy HH:mm")}&timeZone=Europe/Berlin&dropWhen={Uri.EscapeDataString("CustomerID:empty")}&dropWhen={Uri.EscapeDataString("InvoiceNo:prefix=C")}",
            body, Csv);

        Assert.Equal((true, 3, 1, 0, 2, 0), Of(report));
        var stored = Assert.Single((await service.Admin.GetJsonAsync("/users/map-u/interactions")).GetProperty("items").EnumerateArray());
        Assert.Equal("2025-12-01T07:30:00Z", stored.GetProperty("occurredAt").GetString());
        Assert.Equal(("1", 2), (stored.GetProperty("orderId").GetString(), stored.GetProperty("quantity").GetInt32()));
    }

    public static TheoryData<string, string, string, string> BadLines() => new()
    {
        { "interactions", Ndjson, "{", "is not valid JSON" },
        { "interactions", Ndjson, "[]", "must be an object" },
        { "interactions", Ndjson, "null", "null" },
        { "interactions", Ndjson, new string('[', 20_000), "must be an object" },
        { "interactions", Ndjson, string.Concat(Enumerable.Repeat("{\"userId\":", 20_000)), "is nested too deeply" },
        { "interactions", Ndjson, "{\"userId\":\"" + new string('x', 10_000_000) + "\"}", "is longer than 1048576 bytes" },
        { "interactions", Ndjson, "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\",\"value\":NaN}", "is not valid JSON" },
        { "interactions", Ndjson, "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\",\"value\":1e999}", "value must be a number" },
        { "interactions", Ndjson, "{\"userId\":\"\\ud800\",\"itemId\":\"i\",\"kind\":\"view\"}", "userId holds text that is not valid Unicode" },
        { "interactions", Ndjson, "{\"userId\":\"\\u0000\",\"itemId\":\"i\",\"kind\":\"view\"}", "userId holds the control character U+0000" },
        { "interactions", Ndjson, "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\",\"occurredAt\":\"1066-10-14T09:00:00Z\"}", "occurredAt lies before 1970" },
        { "interactions", Ndjson, "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\",\"colour\":1}", "colour is not a known field" },
        { "interactions", Csv, "userId,itemId,kind,value\nu,i,rating,NaN", "value" },
        { "interactions", Csv, "userId,itemId,kind,value\nu,i,rating,1e999", "value" },
        { "interactions", Csv, "userId,itemId,kind,value\nu,i,view,Infinity", "value" },
        { "interactions", Csv, "userId,itemId,kind\n" + new string('x', 257) + ",i,view", "userId has 257 characters" },
        { "interactions", Csv, "userId,itemId,kind\nu\0,i,view", "control character U+0000" },
        { "interactions", Csv, "userId,itemId,kind\nu,\"i,view\n", "quote" },
        { "interactions", Csv, "userId,itemId,kind\nu,i", "has 2 fields instead of 3" },
        { "interactions", Csv, "userId,itemId,kind\nu," + new string('x', 10_000_000) + ",view", "is longer than 1048576 bytes" },
        { "interactions", Csv, "userId,itemId,kind\n,i,view", "userId" },
        { "items", Ndjson, "{\"title\":\"x\"}", "itemId is missing" },
        { "items", Ndjson, "{\"itemId\":\"x\",\"price\":-1}", "price must be 0" },
        { "items", Csv, "itemId,price\nx,-1", "price must be 0" },
        { "items", Csv, "itemId,attributes\nx,[1]", "attributes must be a JSON object" },
        { "users", Ndjson, "{}", "userId is missing" },
        { "users", Ndjson, "{\"userId\":\"u\",\"attributes\":7}", "attributes must be a JSON object" },
    };

    [Theory]
    [MemberData(nameof(BadLines), DisableDiscoveryEnumeration = true)]
    public async Task Import_BadLine_Is422WithTheReasonAndStoresNothing(string target, string type, string body, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);

        var report = await ImportAsync(service, $"/import/{target}", body, type, HttpStatusCode.UnprocessableEntity);

        Assert.False(report.GetProperty("committed").GetBoolean());
        Assert.Contains(report.GetProperty("errors").EnumerateArray(), error => error.GetProperty("reason").GetString()!.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("?format=xml", "format", "is unknown")]
    [InlineData("?colour=red", "colour", "is not a parameter of this call; known are decimal, delimiter")]
    [InlineData("?skipinvalid=true", "skipinvalid", "did you mean skipInvalid?")]
    [InlineData("?format=csv&format=ndjson", "format", "stands 2 times")]
    [InlineData("?skipInvalid=perhaps", "skipInvalid", "must be true or false")]
    [InlineData("?delimiter=%22", "delimiter", "is none")]
    [InlineData("?decimal=dot", "decimal", "is unknown")]
    [InlineData("?value=kind", "value", "is not as")]
    [InlineData("?delimiter=%00", "delimiter", "is none")]
    [InlineData("?timeZone=Mars/Base", "timeZone", "")]
    [InlineData("?timeFormat=%00", "timeFormat", "")]
    [InlineData("?encoding=klingon", "encoding", "")]
    [InlineData("?map=nothing", "map", "is no pair")]
    [InlineData("?set=kind", "set", "is no pair")]
    [InlineData("?dropWhen=nonsense", "dropWhen", "")]
    [InlineData("?key=", "key", "empty")]
    [InlineData("?map=kind=a&set=kind=b", "set", "constant")]
    [InlineData("?onConflict=win", "onConflict", "is unknown")]
    [InlineData("?onConflict=skip&mergeRows=true", "onConflict", "mergeRows")]
    [InlineData("?mergeRows=true", "mergeRows", "users and items")]
    [InlineData("?replace=true", "replace", "users and items")]
    [InlineData("?replace=perhaps", "replace", "must be true or false")]
    [InlineData("?map=userId=NoSuchColumn", "map", "")]
    [InlineData("?key=NoSuchColumn", "key", "")]
    public async Task Import_BadOption_Is400WithItsName(string query, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);

        var problem = await Refusal.SendAsync(service, "POST", "/import/interactions" + query, "userId,itemId,kind\nu,i,view\n"u8.ToArray(), Csv, HttpStatusCode.BadRequest);

        Refusal.AssertNames(problem, field, reason);
        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Import_PackedWithoutAFormat_Is400() => Refusal.AssertNames(
        await Refusal.SendAsync(await services.OnAsync(StorageProvider.Sqlite), "POST", "/import/items", [1], "application/gzip", HttpStatusCode.BadRequest), "format", "must be given");

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task Import_CutOrDamagedGzip_Is422AndStoresNothing(string format)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);
        var text = format == "csv" ? "itemId\ncut-1\ncut-2\n" : "{\"itemId\":\"cut-1\"}\n{\"itemId\":\"cut-2\"}\n";
        var packed = MemoryImport.Gzip(Encoding.UTF8.GetBytes(text));

        foreach (var body in new[] { packed[..^1], packed[..^9], packed[..12], [.. packed[..12], 0xff, .. packed[13..]], [.. packed, 7] })
        {
            var report = await ImportAsync(service, $"/import/items?format={format}&skipInvalid=true", body, "application/gzip", HttpStatusCode.UnprocessableEntity);
            Assert.Contains("gzip", report.GetProperty("errors").EnumerateArray().Last().GetProperty("reason").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Import_BeyondTheSizeLimit_Is413AndStoresNothing()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Limits:MaxImportBytes=100000"]);
        var head = $"POST /import/items HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: {Ndjson}\r\nConnection: close\r\n";

        var announced = await RawHttp.SendAsync(service.Address, $"{head}Content-Length: 100001");
        await using var http = await RawHttp.ConnectAsync(service.Address);
        await http.WriteAsync($"{head}Transfer-Encoding: chunked\r\n\r\n");
        const string line = "{\"itemId\":\"x\"}\n";
        for (var sent = 0; sent <= 100_000; sent += line.Length)
            await http.WriteAsync($"{line.Length:x}\r\n{line}\r\n");
        var streamed = await http.ReadAnswerAsync();

        Assert.Equal((413, 413), (announced.Status, streamed.Status));
        Assert.Contains("application/problem+json", streamed.Headers, StringComparison.Ordinal);
        Assert.Equal(0, (await service.Shop.Store.Database.CountAsync(CancellationToken.None)).Items);
    }

    [Theory]
    [InlineData("--Reco:Limits:MaxImportBytes=2000000", 3, "MaxImportBytes")]
    [InlineData("--Reco:Limits:MaxImportRatio=200", 100, "MaxImportRatio")]
    public async Task Import_GzipThatUnpacksToTooMuch_Is413AndStoresNothing(string setting, int megabytes, string named)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [setting]);
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{{\"itemId\":\"x\",\"description\":\"{new string('x', 5000)}\"}}\n", 200)));
            for (var written = 0; written < megabytes << 20; written += block.Length)
                await gzip.WriteAsync(block);
        }

        var problem = await ImportAsync(service, "/import/items?format=ndjson", packed.ToArray(), "application/gzip", HttpStatusCode.RequestEntityTooLarge);

        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await service.Shop.Store.Database.CountAsync(CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Import_ZipArchive_Is400AndSaysWhatToDo()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await Refusal.SendAsync(service, "POST", "/import/items", [.. "PK\x03\x04"u8, .. new byte[30]], Csv, HttpStatusCode.BadRequest);

        Refusal.AssertNames(problem, "body", "zip archive; unpack it");
    }

    [Fact]
    public async Task Import_ClientGoneInTheMiddle_StoresNothing()
    {
        using var log = new LogCapture();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, configure: log.AddTo);
        // A slow start is unhealthy for a while, and the health checks say so.
        var before = log.Lines.Count();
        await using (var http = await RawHttp.ConnectAsync(service.Address))
        {
            await http.WriteAsync($"POST /import/items HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: {Ndjson}\r\nContent-Length: 1000\r\n\r\n");
            await http.WriteAsync("{\"itemId\":\"x\"}\n");
        }

        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.Contains("POST /import/items", StringComparison.Ordinal))), "the import has ended");
        Assert.Equal(0, (await service.Shop.Store.Database.CountAsync(CancellationToken.None)).Items);
        Assert.DoesNotContain(log.Lines.Skip(before), line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ImportBombTests
{
    [Theory]
    [InlineData("ndjson", "\n")]
    [InlineData("ndjson", "x")]
    [InlineData("csv", "x")]
    [InlineData("csv", "\"")]
    public async Task Import_SmallFileThatUnpacksToVeryMuch_NeedsLittleMemory(string format, string filling)
    {
        var unpacked = (filling == "\n" ? 4L : 100L) * 1024 * 1024;
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            if (format == "csv")
                await gzip.WriteAsync("itemId\n"u8.ToArray());
            var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(filling, 1024 * 1024)));
            for (long written = 0; written < unpacked; written += block.Length)
                await gzip.WriteAsync(block);
        }

        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Limits:MaxImportRatio=1000000"]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var done = new CancellationTokenSource();
        var peak = Task.Run(async () =>
        {
            long highest = 0;
            while (!done.IsCancellationRequested)
            {
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
                // What an import keeps it keeps to its end, and collecting all that the tests before have left takes a while.
                await Task.Delay(250);
            }

            return highest;
        });

        using var content = new ByteArrayContent(packed.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } };
        using var response = await service.Admin.PostAsync($"/import/items?format={format}", content);
        await done.CancelAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.InRange(await peak - before, long.MinValue, 64 * 1024 * 1024);
        Assert.Equal(0, (await service.Shop.Store.Database.CountAsync(CancellationToken.None)).Items);
    }
}
