using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>What a file does not give stays as it is; what it gives as empty is cleared.</summary>
public sealed class PartialImportTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Whole = """
        {"title":"Mug","description":"d","categories":["a"],"price":5,"salePrice":4.5,"currency":"EUR","available":false,"hidden":true,"addedAt":"2020-01-01T00:00:00Z","groupId":"g","imageUrl":"http://x/y","consumesForDays":30.5,"attributes":{"colour":"red","size":"M"}}
        """;

    private static readonly string[] Formats = ["csv", "ndjson"];

    public static TheoryData<string, StorageProvider, string, string?, string> Fields()
    {
        (string Field, string? Given, string Expected)[] fields =
        [
            ("title", "\"Cup\"", "\"Cup\""), ("title", null, "null"),
            ("description", "\"e\"", "\"e\""), ("description", null, "null"),
            ("categories", "[\"b\"]", "[\"b\"]"), ("categories", null, "[]"),
            ("price", "7.5", "7.5"), ("price", null, "null"),
            ("salePrice", "3.5", "3.5"), ("salePrice", null, "null"),
            ("currency", "\"USD\"", "\"USD\""), ("currency", null, "null"),
            ("available", "true", "true"), ("available", null, "true"),
            ("hidden", "false", "false"), ("hidden", null, "false"),
            ("addedAt", "\"2021-01-01T00:00:00Z\"", "\"2021-01-01T00:00:00Z\""), ("addedAt", null, "null"),
            ("groupId", "\"h\"", "\"h\""), ("groupId", null, "null"),
            ("imageUrl", "\"http://z\"", "\"http://z\""), ("imageUrl", null, "null"),
            ("consumesForDays", "7", "7"), ("consumesForDays", null, "null"),
            ("attributes", "{\"size\":\"L\",\"fit\":1}", "{\"colour\":\"red\",\"size\":\"L\",\"fit\":1}"), ("attributes", null, "null"),
        ];
        var cases = new TheoryData<string, StorageProvider, string, string?, string>();
        foreach (var (field, given, expected) in fields)
        {
            foreach (var format in Formats)
            {
                cases.Add(format, StorageProvider.Sqlite, field, given, expected);
                cases.Add(format, StorageProvider.Postgres, field, given, expected);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Import_FileOfOneField_ChangesThatFieldAlone(string format, StorageProvider provider, string field, string? given, string expected)
    {
        var service = await services.OnAsync(provider);
        var id = $"part-{format}-{field}-{given is null}";
        using (var put = await service.Admin.PutAsync($"/items/{id}", new StringContent(Whole, Encoding.UTF8, "application/json")))
            put.EnsureSuccessStatusCode();
        var before = Members(await service.Admin.GetJsonAsync($"/items/{id}"));

        var report = await ImportAsync(service, "items", format, format == "csv"
            ? $"itemId,{field}\n{id},{CsvOf(given)}\n"
            : $$"""{"itemId":"{{id}}","{{field}}":{{given ?? "null"}}}""");

        Assert.Equal(1, report.GetProperty("accepted").GetInt32());
        var after = Members(await service.Admin.GetJsonAsync($"/items/{id}"));
        Assert.Equal(expected, after[field]);
        foreach (var other in before.Keys.Except([field, "updatedAt"]))
            Assert.True(before[other] == after[other], $"{other} was {before[other]} and is {after[other]}.");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_Replace_IsTheWholeRecord(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        foreach (var format in Formats)
        {
            var id = $"whole-{format}";
            using (var put = await service.Admin.PutAsync($"/items/{id}", new StringContent(Whole, Encoding.UTF8, "application/json")))
                put.EnsureSuccessStatusCode();

            await ImportAsync(service, "items", format, format == "csv" ? $"itemId,available\n{id},true\n" : $$"""{"itemId":"{{id}}","available":true}""", "&replace=true");

            var after = Members(await service.Admin.GetJsonAsync($"/items/{id}"));
            Assert.Equal(("null", "null", "[]", "true", "null"), (after["title"], after["price"], after["categories"], after["available"], after["attributes"]));
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "csv")]
    [InlineData(StorageProvider.Sqlite, "ndjson")]
    [InlineData(StorageProvider.Postgres, "csv")]
    [InlineData(StorageProvider.Postgres, "ndjson")]
    public async Task Import_UsersAttributes_MergeUnlessTheyAreReplaced(StorageProvider provider, string format)
    {
        var service = await services.OnAsync(provider);
        var id = $"part-user-{format}";
        using (var put = await service.Admin.PutAsync($"/users/{id}", new StringContent("""{"attributes":{"town":"Kiel","age":30}}""", Encoding.UTF8, "application/json")))
            put.EnsureSuccessStatusCode();

        await ImportAsync(service, "users", format, format == "csv" ? $"userId\n{id}\n" : $$"""{"userId":"{{id}}"}""");
        Assert.Equal("""{"town":"Kiel","age":30}""", Members(await service.Admin.GetJsonAsync($"/users/{id}"))["attributes"]);

        var changed = format == "csv" ? $"userId,attributes\n{id},{CsvOf("""{"age":31}""")}\n" : $$$"""{"userId":"{{{id}}}","attributes":{"age":31}}""";
        await ImportAsync(service, "users", format, changed);
        Assert.Equal("""{"town":"Kiel","age":31}""", Members(await service.Admin.GetJsonAsync($"/users/{id}"))["attributes"]);

        await ImportAsync(service, "users", format, changed, "&replace=true");
        Assert.Equal("""{"age":31}""", Members(await service.Admin.GetJsonAsync($"/users/{id}"))["attributes"]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "csv")]
    [InlineData(StorageProvider.Sqlite, "ndjson")]
    [InlineData(StorageProvider.Postgres, "csv")]
    [InlineData(StorageProvider.Postgres, "ndjson")]
    public async Task Import_SingleAttributes_ChangeTheirNamesAloneAndClearWhatIsEmpty(StorageProvider provider, string format)
    {
        var service = await services.OnAsync(provider);
        var id = $"single-{format}";
        using (var put = await service.Admin.PutAsync($"/items/{id}", new StringContent(Whole, Encoding.UTF8, "application/json")))
            put.EnsureSuccessStatusCode();

        await ImportAsync(
            service, "items", format,
            format == "csv" ? $"sku,farbe,groesse,stoff\n{id},blau,,Wolle\n{id}-new,,,\n" : $$"""
                {"sku":"{{id}}","farbe":"blau","groesse":null,"stoff":"Wolle"}
                {"sku":"{{id}}-new","farbe":null,"groesse":null}
                """,
            "&map=itemId=sku&map=attributes.colour=farbe&map=attributes.size=groesse&map=attributes.cloth=stoff");

        var item = Members(await service.Admin.GetJsonAsync($"/items/{id}"));
        Assert.Equal(("""{"colour":"blau","cloth":"Wolle"}""", "\"Mug\""), (item["attributes"], item["title"]));
        Assert.Equal("null", Members(await service.Admin.GetJsonAsync($"/items/{id}-new"))["attributes"]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "csv")]
    [InlineData(StorageProvider.Sqlite, "ndjson")]
    [InlineData(StorageProvider.Postgres, "csv")]
    [InlineData(StorageProvider.Postgres, "ndjson")]
    public async Task Import_RowsOfOneId_AreNamedOrMerged(StorageProvider provider, string format)
    {
        var service = await services.OnAsync(provider);
        var id = $"twice-{format}";
        var file = format == "csv"
            ? $"itemId,title,price\n{id},Mug,\n{id},Cup,4.5\n{id},Mug,\n"
            : $$"""
                {"itemId":"{{id}}","title":"Mug"}
                {"itemId":"{{id}}","title":"Cup","price":4.5}
                {"itemId":"{{id}}","title":"Mug"}
                """;

        var refused = await ImportAsync(service, "items", format, file, expected: HttpStatusCode.UnprocessableEntity);
        var error = Assert.Single(refused.GetProperty("errors").EnumerateArray());
        Assert.Equal(format == "csv" ? 3 : 2, error.GetProperty("line").GetInt32());
        Assert.Contains($"stands on line {(format == "csv" ? 2 : 1)} with other content", error.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("skipInvalid", refused.GetProperty("reason").GetString(), StringComparison.Ordinal);

        var merged = await ImportAsync(service, "items", format, file, "&mergeRows=true");
        Assert.Equal((1, 1, 1, 0), (Count("accepted"), Count("merged"), Count("duplicates"), Count("invalid")));
        var item = Members(await service.Admin.GetJsonAsync($"/items/{id}"));
        Assert.Equal(("\"Mug\"", "4.5"), (item["title"], item["price"]));

        int Count(string name) => merged.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("csv", "", "", "holds no rows")]
    [InlineData("csv", "itemId,title\n", "", "holds no rows")]
    [InlineData("ndjson", "\n\n", "", "holds no rows")]
    [InlineData("csv", "itemId,title\na,\nb,\n", "&dropWhen=title:empty", "left out every row")]
    [InlineData("csv", "itemId,price\na,x\nb,y\n", "&skipInvalid=true", "no row is good")]
    [InlineData("csv", "itemId,price\na,x\n", "", "skipInvalid")]
    public async Task Import_FileOfWhichNothingIsStored_IsNoSuccess(string format, string file, string options, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var report = await ImportAsync(service, "items", format, file, options, HttpStatusCode.UnprocessableEntity);

        Assert.False(report.GetProperty("committed").GetBoolean());
        Assert.Contains(reason, report.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static string CsvOf(string? json) => json switch
    {
        null => "",
        ['[', ..] => json.Trim('[', ']', '"'),
        ['{', ..] => $"\"{json.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => json.Trim('"'),
    };

    private static Dictionary<string, string> Members(JsonElement json) => json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());

    private static async Task<JsonElement> ImportAsync(
        TestService service, string what, string format, string file, string options = "", HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new StringContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var response = await service.Admin.PostAsync($"/import/{what}?format={format}{options}", content);
        return await response.ReadJsonAsync(expected);
    }
}
