using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Commands;

/// <summary>The command <c>export</c>, in a process of its own.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("export");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Export_BesideARunningService_WritesTheListsThatItServes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var version = RetrainTests.Version(await service.Admin.RetrainAsync());
        await service.Storefront.PostInteractionsAsync(new { userId = "late, \"quoted\"", itemId = "item-1-03", kind = "click" });
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/user-004", null, System.Net.HttpStatusCode.Accepted);
        var (csv, ndjson) = (Path.Combine(folder.FullName, "lists.csv"), Path.Combine(folder.FullName, "lists.ndjson"));

        Assert.Contains("100%, 300 of 300 users", await ExportAsync(0, database, csv, "--limit", "5"), StringComparison.Ordinal);
        await ExportAsync(0, database, ndjson, "--limit", "5");

        var lines = (await File.ReadAllLinesAsync(ndjson, TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(TasteShop.Users, lines.Count);
        Assert.DoesNotContain(lines, line => line.GetProperty("userId").GetString() == "user-004");
        Assert.All(lines, line => Assert.Equal((version, 5), (line.GetProperty("modelVersion").GetInt32(), line.GetProperty("items").GetArrayLength())));
        foreach (var line in lines.Where((_, position) => position % 37 == 0).Append(lines[^1]))
            Assert.Equal(await service.Storefront.RecommendAsync(line.GetProperty("userId").GetString()!, limit: 5), ItemsOf(line));
        var rows = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        Assert.Equal("userId,rank,itemId,score,source", rows[0]);
        Assert.Equal(
            lines.SelectMany(line => ItemsOf(line).Select((item, rank) => $"{Quoted(line.GetProperty("userId").GetString()!)},{rank + 1},{item}")),
            rows.Skip(1).Select(row => row[..row.LastIndexOf(',', row.LastIndexOf(',') - 1)]));
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("popular", 3)]
    public async Task Export_ShortLists_AreFilledUpAsTheHomeListIs(string fallback, int expected)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await TestService.StartAsync(database))
        {
            foreach (var item in new[] { "a", "b", "c" })
                await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", """{ "title": "t" }""", System.Net.HttpStatusCode.Created);
            await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "a", kind = "view" });
        }

        var file = Path.Combine(folder.FullName, "lists.ndjson");
        await ExportAsync(0, database, file, "--Reco:Placements:home:Sources=buy-again", $"--Reco:Placements:home:Fallback={fallback}");

        var line = Assert.Single(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(expected, ItemsOf(JsonElement.Parse(line)).Count());
    }

    [Fact]
    public async Task Export_FileIsThere_IsLeftUntilToldToOverwrite()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var file = Path.Combine(folder.FullName, "lists.ndjson");
        await File.WriteAllTextAsync(file, "precious", TestContext.Current.CancellationToken);

        Assert.Contains("is there already", await ExportAsync(1, database, file), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("No model is published yet", await ExportAsync(0, database, file, "--overwrite"), StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(["lists.ndjson"], folder.GetFiles().Select(found => found.Name));
    }

    [Theory]
    [InlineData("must end in .csv or .ndjson", "lists.xlsx")]
    [InlineData("--limit must be between 1 and 200", "lists.csv", "--limit", "201")]
    [InlineData("Unrecognized", "lists.csv", "--limits", "5")]
    public async Task Export_BadWords_SaysWhatIsWrong(string reason, params string[] words)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        Assert.Contains(reason, await ExportAsync(1, database, words), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_FolderIsMissing_SaysSo()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        Assert.Contains("Could not find", await ExportAsync(1, database, Path.Combine(folder.FullName, "none", "lists.csv")), StringComparison.Ordinal);
    }

    private static IEnumerable<string> ItemsOf(JsonElement line) => line.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!);

    private static string Quoted(string text) => text.Contains('"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static async Task<string> ExportAsync(int exitCode, TestDatabase database, params string[] words)
    {
        await using var export = ServiceProcess.Start(["export", .. words, .. ServiceProcess.ServeWords(database)]);
        await export.WaitForExitAsync();
        Assert.True(export.ExitCode == exitCode, export.Output);
        return export.Output;
    }
}
