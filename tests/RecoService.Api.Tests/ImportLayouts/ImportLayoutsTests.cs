using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Hosting;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Shops;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.ImportLayouts;

/// <summary>
/// Made files in the layouts of real shops and data sets, each beside what a person would write down from it: every row, every field, and how
/// many lines are left out. The files are in <c>Files</c>; each <c>*.expected.json</c> says what its file shows.
/// </summary>
public sealed class ImportLayoutsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "ImportLayouts", "Files");

    public static TheoryData<string> Layouts() =>
        [.. Directory.GetFiles(Folder, "*.expected.json").Select(path => Path.GetFileName(path).Replace(".expected.json", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Layouts))]
    public Task Import_ByPreset_StoresWhatAPersonWouldWriteDown(string file) => ImportAndCompareAsync(StorageProvider.Sqlite, file);

    [Theory]
    [InlineData("shopify-products.csv")]
    [InlineData("shopify-orders.csv")]
    [InlineData("ga4.ndjson")]
    [InlineData("hm-transactions.csv")]
    [InlineData("u.item")]
    [InlineData("u.user")]
    public Task Import_ByPresetIntoPostgres_StoresTheSame(string file) => ImportAndCompareAsync(StorageProvider.Postgres, file);

    /// <summary>A guess that gives the preset and nothing else is the same import as by the preset.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Guess_KnowsTheLayout(string file)
    {
        using var expected = Expectation(file);
        await using var bytes = File.OpenRead(Path.Combine(Folder, file));

        var guess = ImportGuess.Of(await FileSample.ReadAsync(bytes, TestContext.Current.CancellationToken), target: null);

        Assert.Equal(Target(expected), guess.Target);
        Assert.Equal([("format", expected.RootElement.GetProperty("format").GetString()!)], guess.Options.Where(option => option.Name != "encoding"));
    }

    /// <summary>The files share ids, so that some rows of one are what another stored before.</summary>
    [Fact]
    public async Task Import_EveryLayoutByPost_IsAccepted()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var file in Layouts().Select(row => row.Data))
        {
            using var expected = Expectation(file);
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Folder, file)));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var response = await service.Admin.PostAsync(
                $"/import/{expected.RootElement.GetProperty("target").GetString()}?{string.Join('&', Options(expected).Select(option => $"{option.Key}={option.Value}"))}", content);

            var report = await response.ReadJsonAsync(HttpStatusCode.OK);
            var counts = expected.RootElement.GetProperty("report");
            Assert.True(Count(report, "accepted") + Count(report, "duplicates") == Count(counts, "accepted"), $"{file}: {report}");
            foreach (var count in (string[])["lines", "dropped", "invalid", "skipped", "merged"])
                Assert.True(Count(report, count) == Count(counts, count), $"{file}, {count}: {report}");
        }
    }

    private static async Task ImportAndCompareAsync(StorageProvider provider, string file)
    {
        var ct = TestContext.Current.CancellationToken;
        using var expected = Expectation(file);
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var app = RecoApplication.CreateBuilder(database.Settings).Build();
        var shop = app.Services.GetRequiredService<ShopDirectory>().Default;
        await shop.Store.Database.MigrateAsync(ct);
        var target = Target(expected);

        var report = await ImportAsync(shop, target, Options(expected), file, ct);

        Assert.Empty(report.Errors.Select(error => $"line {error.Line}: {error.Reason}"));
        Assert.True(report.Committed, report.Reason);
        var counts = expected.RootElement.GetProperty("report");
        Assert.Equal(
            (Count(counts, "lines"), Count(counts, "accepted"), Count(counts, "merged"), Count(counts, "skipped"), Count(counts, "dropped"), 0, 0),
            (report.Lines, report.Accepted, report.Merged, report.Skipped, report.Dropped, report.Duplicates, report.Invalid));
        var rows = expected.RootElement.GetProperty("stored").EnumerateArray().ToList();
        var stored = target switch
        {
            ImportTarget.Items => await ItemsAsync(shop.Store.Catalogue, ct),
            ImportTarget.Users => await UsersAsync(shop.Store.Catalogue, ct),
            _ => await InteractionsAsync(shop.Store, withIds: rows.Exists(row => row.TryGetProperty("id", out _)), ct),
        };
        Assert.Equal(
            rows.Select(row => Line(target, row)).Order(StringComparer.Ordinal),
            stored.Select(row => Line(target, row)).Order(StringComparer.Ordinal));

        var again = await ImportAsync(shop, target, Options(expected), file, ct);
        Assert.Equal((true, 0L, report.Accepted), (again.Committed, again.Accepted, again.Duplicates));
    }

    private static async Task<ImportReport> ImportAsync(Shop shop, ImportTarget target, Dictionary<string, string> given, string file, CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        var arguments = ImportArguments.Read(target, name => given.TryGetValue(name, out var value) ? [value] : [], () => "csv", problems);
        var options = arguments.Parse(problems);
        Assert.Empty(problems);
        await using var bytes = File.OpenRead(Path.Combine(Folder, file));
        return await StoredImport.Into(shop.Store.Import, shop.Validators).ImportAsync(target, bytes, options!, progress: null, ct);
    }

    private static async Task<List<JsonElement>> ItemsAsync(Storage.Catalogue catalogue, CancellationToken ct) =>
        [.. (await catalogue.ListItemsAsync(null, 1000, ct)).Items.Where(item => item.Listed).Select(item => JsonSerializer.SerializeToElement(new
        {
            itemId = item.ItemId,
            title = item.Record.Title,
            description = item.Record.Description,
            categories = item.Record.Categories,
            price = item.Record.Price,
            salePrice = item.Record.SalePrice,
            currency = item.Record.Currency,
            available = item.Record.Available,
            hidden = item.Record.Hidden,
            addedAt = item.Record.AddedAt,
            groupId = item.Record.GroupId,
            imageUrl = item.Record.ImageUrl,
            attributes = Parsed(item.Record.AttributesJson),
        }))];

    private static async Task<List<JsonElement>> UsersAsync(Storage.Catalogue catalogue, CancellationToken ct) =>
        [.. (await catalogue.ListUsersAsync(null, 1000, ct)).Items.Select(user => JsonSerializer.SerializeToElement(new { userId = user.UserId, attributes = Parsed(user.AttributesJson) }))];

    private static async Task<List<JsonElement>> InteractionsAsync(ShopStore store, bool withIds, CancellationToken ct)
    {
        var log = store.Interactions;
        List<JsonElement> rows = [];
        foreach (var user in (await store.Catalogue.ListUsersAsync(null, 1000, ct)).Items)
        {
            rows.AddRange((await log.ListAsync(user.UserId, null, 1000, ct)).Items.Select(row => JsonSerializer.SerializeToElement(new
            {
                id = withIds ? row.Id : null,
                userId = row.UserId,
                itemId = row.ItemId,
                kind = row.Kind,
                value = row.Value,
                occurredAt = row.OccurredAt,
                sessionId = row.SessionId,
                orderId = row.OrderId,
                quantity = row.Quantity,
                unitPrice = row.UnitPrice,
            })));
        }

        return rows;
    }

    private static JsonElement? Parsed(string? json) => json is null ? null : JsonElement.Parse(json);

    /// <summary>Every field in one text, so that a difference shows the whole row. What is left out is what a new record has.</summary>
    private static string Line(ImportTarget target, JsonElement row)
    {
        string[] fields = target switch
        {
            ImportTarget.Items => ["itemId", "title", "description", "categories", "price", "salePrice", "currency", "available", "hidden", "addedAt", "groupId", "imageUrl", "attributes"],
            ImportTarget.Users => ["userId", "attributes"],
            _ => ["id", "userId", "itemId", "kind", "value", "occurredAt", "sessionId", "orderId", "quantity", "unitPrice"],
        };
        return string.Join("; ", fields.Select(field => $"{field}={Text(field, row.TryGetProperty(field, out var value) ? value : default)}"));
    }

    private static string Text(string field, JsonElement value) => (field, value.ValueKind) switch
    {
        ("available", JsonValueKind.Undefined) => "True",
        ("hidden", JsonValueKind.Undefined) => "False",
        ("categories", JsonValueKind.Undefined) => "",
        ("occurredAt" or "addedAt", JsonValueKind.String) => value.GetDateTimeOffset().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        (_, JsonValueKind.Undefined or JsonValueKind.Null) => "-",
        (_, JsonValueKind.Number) => value.GetDecimal().ToString("0.##########", CultureInfo.InvariantCulture),
        (_, JsonValueKind.Array) => string.Join(" | ", value.EnumerateArray()),
        (_, JsonValueKind.Object) => string.Join(", ", value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}: {member.Value}")),
        _ => value.ToString(),
    };

    private static JsonDocument Expectation(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file + ".expected.json")));

    private static ImportTarget Target(JsonDocument expected) => Enum.Parse<ImportTarget>(expected.RootElement.GetProperty("target").GetString()!, ignoreCase: true);

    /// <summary>The preset, and what a person must say in addition.</summary>
    private static Dictionary<string, string> Options(JsonDocument expected)
    {
        var options = new Dictionary<string, string> { ["format"] = expected.RootElement.GetProperty("format").GetString()! };
        if (expected.RootElement.TryGetProperty("options", out var more))
        {
            foreach (var option in more.EnumerateObject())
                options.Add(option.Name, option.Value.GetString()!);
        }

        return options;
    }

    private static long Count(JsonElement counts, string name) => counts.TryGetProperty(name, out var count) ? count.GetInt64() : 0;
}
