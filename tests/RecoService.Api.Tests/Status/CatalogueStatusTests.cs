using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RecoService.Api.Importing.Values;
using RecoService.Api.Serving;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Status;

/// <summary>What an operator is told of the catalogue in memory.</summary>
public sealed class CatalogueStatusTests
{
    [Fact]
    public async Task Status_OfACatalogue_ShowsItsColumns()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await PutAsync(service, "a", """{ "title": "A", "price": 5, "salePrice": 4, "currency": "EUR", "categories": ["A", "B"], "attributes": { "brand": "x", "size": 4, "new": true, "tags": ["t"] } }""");
        await PutAsync(service, "b", """{ "categories": ["A"], "attributes": { "brand": "x", "size": "L" } }""");

        var catalogue = (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("catalogue");

        Assert.Equal(2, catalogue.GetProperty("items").GetInt32());
        var columns = catalogue.GetProperty("columns").EnumerateArray().ToList();
        Assert.Equal(
            [
                "title text 1 of -", "imageUrl text 0 of -", "price number 1 of -", "salePrice number 1 of -", "currency text 1 of 1", "categories list 2 of 2", "addedAt time 2 of -", "groupId text 0 of 0", "consumesForDays number 0 of -",
                "attributes.brand text 2 of 1", "attributes.new flag 1 of -", "attributes.size number 1 of -", "attributes.size text 1 of 1", "attributes.tags list 1 of 1",
            ],
            columns.Select(column => $"{column.GetProperty("name").GetString()} {column.GetProperty("type").GetString()} {column.GetProperty("items")} of {Distinct(column)}"));
        Assert.All(columns, column => Assert.InRange(column.GetProperty("bytes").GetInt64(), 1, 100_000));
        Assert.True(catalogue.GetProperty("bytes").GetInt64() > columns.Sum(column => column.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public async Task Attributes_BeyondTheBounds_AreSaidOnceInTheLogAndInTheStatusAndServedAllTheSame()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        using var log = new LogCapture();
        await using var service = await TestService.StartAsync(
            database, ["--Reco:Catalogue:MaxAttributes=3", "--Reco:Catalogue:MaxDistinctValues=2", "--Reco:Catalogue:MaxListLength=2", "--Reco:Catalogue:MaxTextLength=20"], log.AddTo);
        for (var item = 0; item < 4; item++)
            await PutAsync(service, $"i{item}", $$"""{ "categories": ["a", "b", "c"], "attributes": { "sku": "s{{item}}", "note": "{{new string('n', 21)}}", "brand": "b", "line\nbreak": 1, "zz": 2 } }""");

        var publisher = service.Shop.Serving.Publisher;
        await publisher.FollowAsync(TestContext.Current.CancellationToken);
        await publisher.FollowAsync(TestContext.Current.CancellationToken);

        string[] expected =
        [
            "The categories have no column: there is a list of more than 2 entries (Reco:Catalogue:MaxListLength).",
            "The attribute 'note', as a text, has no column: a text is longer than 20 characters (Reco:Catalogue:MaxTextLength).",
            @"The attribute 'line\u000Abreak', as a number, has no column: there are more than 3 attributes (Reco:Catalogue:MaxAttributes).",
            "The attribute 'zz', as a number, has no column: there are more than 3 attributes (Reco:Catalogue:MaxAttributes).",
            "The attribute 'sku', as a text, has no column: there are more than 2 distinct texts (Reco:Catalogue:MaxDistinctValues).",
        ];
        var status = await service.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("ready", status.GetProperty("status").GetString());
        Assert.Equal(string.Join(" ", expected), Assert.Single(status.GetProperty("reasons").EnumerateArray()).GetString());
        Assert.Equal("""{"status":"ready"}""", (await service.Anonymous.GetJsonAsync("/health/ready")).ToString());
        Assert.Equal(
            expected.Select(line => $"{line} Lists are served all the same; raise the bound, or leave it at that."),
            log.Lines.Where(line => line.Category.EndsWith(".LeftOutColumns", StringComparison.Ordinal) && line.Level == LogLevel.Warning).Select(line => line.Message));
        Assert.Equal(["i0", "i1", "i2", "i3"], (await service.Storefront.RecommendAsync("u")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Status_ManyAttributesLeftOut_NamesFiveAndCountsTheOthers()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Catalogue:MaxAttributes=0"]);
        await PutAsync(service, "a", JsonSerializer.Serialize(new { attributes = Enumerable.Range(0, 12).ToDictionary(name => $"n{name:00}", name => name) }));

        var reason = Assert.Single((await service.Admin.GetJsonAsync("/admin/status")).GetProperty("reasons").EnumerateArray()).GetString()!;

        Assert.Equal(5, reason.Split("has no column").Length - 1);
        Assert.EndsWith(" And 7 more.", reason, StringComparison.Ordinal);
    }

    private static Task PutAsync(TestService service, string itemId, string json) => service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", json, HttpStatusCode.Created);

    private static string Distinct(JsonElement column) => column.GetProperty("distinctValues") is { ValueKind: JsonValueKind.Number } distinct ? distinct.ToString() : "-";
}
