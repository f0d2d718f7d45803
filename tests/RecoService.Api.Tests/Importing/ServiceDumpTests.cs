using System.Text;
using RecoService.Api.Commands;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Gorse;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Tests.Importing;

/// <summary>What other services give out, as <c>import SERVICE FOLDER</c> reads it.</summary>
public sealed class ServiceDumpTests : IDisposable
{
    private readonly MemoryImport import = new();
    private readonly StringWriter output = new();
    private readonly string folder = Directory.CreateTempSubdirectory("reco-dump-").FullName;

    public void Dispose()
    {
        output.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Gorse_ADump_IsReadAsItsClientsWrite()
    {
        Write("users.jsonl", """
            {"UserId":"u","Labels":{"gender":"f"},"Comment":"Ms. U"}
            {"UserId":"v","Labels":["a"],"Subscribe":null}
            """);
        Write("items.jsonl", """
            {"ItemId":"i","IsHidden":true,"Categories":["Lamps"],"Timestamp":"2024-05-06T07:08:09Z","Labels":{"brand":"Oak"},"Comment":"A lamp"}
            {"ItemId":"j","IsHidden":false,"Categories":null,"Timestamp":"0001-01-01T00:00:00Z","Labels":null,"Comment":""}
            """);
        Write("feedback.jsonl", """
            {"FeedbackType":"star","UserId":"u","ItemId":"i","Timestamp":"2024-01-02T03:04:05Z","Comment":"well"}

            {"FeedbackType":"read","UserId":"u","ItemId":"j","Value":2,"Timestamp":"2024-01-02T03:04:06Z","Comment":""}
            {"FeedbackType":"rating","UserId":"v","ItemId":"j","Value":4.5,"Timestamp":"2024-01-02T03:04:06Z"}
            """);

        Assert.True(await RunAsync("gorse", folder) == 0, output.ToString());

        Assert.Equal(["u|{\"gender\":\"f\",\"gorseComment\":\"Ms. U\"}", "v|{\"labels\":[\"a\"]}"], import.Shown(ImportTarget.Users));
        Assert.Equal(["i|A lamp|Lamps|||True|True|||{\"brand\":\"Oak\"}", "j|||||True|False|||"], import.Shown(ImportTarget.Items));
        Assert.Equal((new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero), (DateTimeOffset?)null), (import.Items[0].Row.Record.AddedAt, import.Items[1].Row.Record.AddedAt));
        Assert.Equal(["u|i|like||2024-01-02T03:04:05|||", "u|j|view|2|2024-01-02T03:04:06|||", "v|j|rating|4.5|2024-01-02T03:04:06|||"], import.Shown(ImportTarget.Interactions));
        Assert.Equal(["{\"feedbackType\":\"star\",\"comment\":\"well\"}", "{\"feedbackType\":\"read\"}", "{\"feedbackType\":\"rating\"}"], import.Interactions.Select(pair => pair.Row.AttributesJson));
        // The lines of the file, of which one is blank.
        Assert.Equal([1, 3, 4], import.Interactions.Select(pair => ImportLines.LineOf(pair.Line)));
    }

    [Fact]
    public async Task Recombee_Listings_AreRead()
    {
        Write("items.json", """[{"itemId":"i","title":"Lamp","price":12.5,"categories":["A","B"],"brand":"Oak","deleted":null},{"item_id":"j","name":"Mug","title":5}]""");
        Write("users.json", """[{"userId":"u","country":"DE","age":5},{"userId":"v"}]""");
        Write("purchases.json", """[{"userId":"u","itemId":"i","timestamp":1348151906.5,"amount":4,"price":50,"additionalData":{"note":"x"}}]""");
        Write("detail_views.json", """[{"user_id":"u","item_id":"j","timestamp":"2016-04-20T12:50:42+02:00","duration":5}]""");
        Write("ratings.json", """[{"userId":"u","itemId":"i","rating":-1,"timestamp":1348151906},{"userId":"u","itemId":"j","rating":1,"timestamp":1348151906}]""");
        Write("bookmarks.json", """[{"userId":"v","itemId":"i","timestamp":1348151906}]""");
        Write("cartadditions.json.gz", """[{"userId":"v","itemId":"i","timestamp":1348151906,"amount":2,"price":3}]""");

        Assert.Equal(0, await RunAsync("recombee", folder));

        Assert.Equal(["i|Lamp|A,B|12.5||True|False|||{\"brand\":\"Oak\"}", "j|Mug||||True|False|||{\"title\":5}"], import.Shown(ImportTarget.Items));
        Assert.Equal(["u|{\"country\":\"DE\",\"age\":5}", "v|"], import.Shown(ImportTarget.Users));
        Assert.Equal(
            [
                "u|j|view||2016-04-20T10:50:42|||", "v|i|add-to-cart||2012-09-20T14:38:26||2|1.5", "v|i|like||2012-09-20T14:38:26|||", "u|i|rating|0.5|2012-09-20T14:38:26|||", "u|j|rating|5|2012-09-20T14:38:26|||",
                "u|i|purchase||2012-09-20T14:38:26||4|12.5",
            ],
            import.Shown(ImportTarget.Interactions));
        Assert.Equal("{\"note\":\"x\"}", import.Interactions[^1].Row.AttributesJson);
        Assert.Equal(import.Interactions.Count - 2, import.Interactions.Select(pair => pair.Row.Id).OfType<string>().Distinct().Count());
    }

    [Fact]
    public async Task Metarank_Events_AreSplitByWhatTheyAre()
    {
        Write("events.jsonl", """
            {"event":"item","id":"1","item":"product1","timestamp":"1599391467000","fields":[{"name":"title","value":"Nice jeans"},{"name":"price","value":25.0},{"name":"color","value":["blue","black"]},{"name":"availability","value":true}]}
            {"event":"user","id":"2","user":"user1","timestamp":"1599391467000","fields":[{"name":"age","value":33}]}
            {"event":"ranking","id":"3","timestamp":"1599391467000","user":"user1","session":"s","items":[{"id":"product1"}]}
            {"event":"interaction","id":"4","ranking":"3","timestamp":"1599391468000","user":"user1","session":"s","type":"purchase","item":"product1","fields":[{"name":"count","value":1}]}
            {"event":"interaction","id":"5","timestamp":"1599391469000","session":"s2","type":"hover","item":"product1","fields":[]}
            """);

        Assert.Equal(0, await RunAsync("metarank", Path.Combine(folder, "events.jsonl")));

        Assert.Equal(["product1|Nice jeans||25.0||True|False|||{\"color\":[\"blue\",\"black\"]}"], import.Shown(ImportTarget.Items));
        Assert.Equal(["user1|{\"age\":33}"], import.Shown(ImportTarget.Users));
        Assert.Equal(["user1|product1|purchase||2020-09-06T11:24:28|||", "s2|product1|view||2020-09-06T11:24:29|||"], import.Shown(ImportTarget.Interactions));
        Assert.Equal(["4", "5"], import.Interactions.Select(pair => pair.Row.Id));
    }

    [Theory]
    [InlineData("gorse", "feedback.jsonl", """{"UserId":"u","ItemId":"i"}""", "line 1: FeedbackType must be a text")]
    [InlineData("gorse", "feedback.jsonl", """{"FeedbackType":"a","UserId":5,"ItemId":"i"}""", "line 1:")]
    [InlineData("gorse", "users.jsonl", """{"Labels":[]}""", "line 1: UserId")]
    [InlineData("gorse", "items.jsonl", "{\"ItemId\":\"i\"}\n{\"ItemId\":", "line 2:")]
    [InlineData("gorse", "items.jsonl", "{\"ItemId\":\"i\",\"Timestamp\":\"once\"}", "line 1: Timestamp 'once' is no time")]
    [InlineData("gorse", "items.jsonl", "7", "must be an object")]
    [InlineData("recombee", "ratings.json", """[{"userId":"u","itemId":"i","rating":3}]""", "value is off the rating scale")]
    [InlineData("recombee", "purchases.json", """[{"userId":"u","itemId":"i","amount":"many"}]""", "amount is no number")]
    [InlineData("recombee", "purchases.json", """[{"userId":"u","itemId":"i","timestamp":"once"}]""", "timestamp 'once' is no time")]
    [InlineData("recombee", "items.json", """[{"title":"x"}]""", "itemId is missing")]
    [InlineData("metarank", "events.json", """{"item":"i"}""", "event is missing")]
    [InlineData("metarank", "events.json", """{"event":"interaction","user":"u","item":"i","timestamp":"1599391467000"}""", "type is missing")]
    public async Task ABadRecord_IsNamedAndNothingOfTheFileIsStored(string service, string file, string text, string reason)
    {
        Write(file, text);

        Assert.Equal(1, await RunAsync(service, folder));

        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nothing of the dump is stored.", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(import.Hashes);
    }

    [Fact]
    public async Task SkipInvalid_TheGoodRecordsAreStored()
    {
        Write("users.jsonl", "{\"UserId\":\"u\"}\n{}\n");

        Assert.Equal(0, await RunAsync("gorse", folder, "--skip-invalid"));

        Assert.Equal(["u|"], import.Shown(ImportTarget.Users));
        Assert.Contains("line 2: UserId is missing", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderWithoutTheFiles_SaysWhichThereShouldBe()
    {
        Write("notes.txt", "x");

        Assert.Equal(1, await RunAsync("gorse", folder));
        Assert.Contains("none of the files users, items, feedback", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("gorse", Path.Combine(folder, "notes.txt")));
        Assert.Equal(1, await RunAsync("gorse", Path.Combine(folder, "users.jsonl")));
    }

    /// <summary>A dump and the calls mean the same feedback, whichever comes first.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Gorse_DumpAndCalls_AreOneFeedback(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, GorseShop.Settings);
        await GorseShop.CallAsync(service, "POST", "/feedback", """[{ "FeedbackType": "star", "UserId": "u", "ItemId": "i", "Value": 7, "Timestamp": "2024-01-01" }]""");
        Write("feedback.jsonl", """
            {"FeedbackType":"star","UserId":"u","ItemId":"i","Value":2,"Timestamp":"2024-01-02T03:04:05Z","Comment":"c"}
            {"FeedbackType":"wishlist","UserId":"u","ItemId":"i","Timestamp":"2024-01-02T03:04:05Z"}
            """);
        var store = service.Shop.Store;
        var dump = ServiceDumps.Of(service.Shop.Settings.Kinds, service.Shop.Validators, new CompatibilitySettings { GorseFeedbackTypes = "wishlist=like" })[0];

        foreach (var _ in (int[])[1, 2])
            Assert.Equal(0, await ServiceDumps.ImportAsync(dump, folder, skipInvalid: false, StoredImport.Into(store.Import, service.Shop.Validators), ConsoleTo(output), TestContext.Current.CancellationToken));

        var feedback = (await GorseShop.CallAsync(service, "GET", "/user/u/feedback")).EnumerateArray().Select(one => $"{one.GetProperty("FeedbackType")} {one.GetProperty("Value")} {one.GetProperty("Timestamp")} {one.GetProperty("Comment")}");
        Assert.Equal(["star 2 2024-01-02T03:04:05Z c", "wishlist 0 2024-01-02T03:04:05Z "], feedback.Order());
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    private Task<int> RunAsync(string service, string path, params string[] options) =>
        ImportCommand.Create(_ => Task.FromResult(import.Targets), () => MemoryImport.Dumps, () => MemoryImport.Preview, ConsoleTo(output)).Parse([service, path, .. options]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

    private static IAnsiConsole ConsoleTo(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 400;
        return console;
    }

    private void Write(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(Path.Combine(folder, name), name.EndsWith(".gz", StringComparison.Ordinal) ? MemoryImport.Gzip(bytes) : bytes);
    }
}
