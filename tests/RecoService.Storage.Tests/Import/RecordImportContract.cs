namespace RecoService.Storage.Tests.Import;

public abstract class RecordImportContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly ItemRecord Full = new()
    {
        Title = "Ein Titel, \"quoted\"\n",
        Description = "d",
        Categories = ["a/b", "ü", ""],
        Price = 1234.5600m,
        Currency = "EUR",
        Available = false,
        Hidden = true,
        AddedAt = new DateTimeOffset(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        GroupId = "g",
        ImageUrl = "https://example.org/x.png",
        AttributesJson = """{"z":1,"a":[1.50]}""",
    };

    private async Task<ImportResult> ImportItemsAsync(params (string ItemId, ItemRecord Record)[] rows)
    {
        await using var stage = await Store.Import.StageItemsAsync(Ct);
        for (var place = 0; place < rows.Length; place++)
            await stage.AddAsync(place + 1, rows[place], Ct);
        return await stage.CommitAsync("file", false, Ct);
    }

    private async Task<ImportResult> ImportUsersAsync(params (string UserId, string? AttributesJson)[] rows)
    {
        await using var stage = await Store.Import.StageUsersAsync(Ct);
        for (var place = 0; place < rows.Length; place++)
            await stage.AddAsync(place + 1, rows[place], Ct);
        return await stage.CommitAsync("file", false, Ct);
    }

    [Fact]
    public async Task Commit_Items_StoresTheLastLineOfEachId()
    {
        var result = await ImportItemsAsync(("i", new ItemRecord { Title = "first" }), ("j", new ItemRecord()), ("i", Full));

        Assert.Equal((true, 2, 1), (result.Committed, result.Accepted, result.Duplicates));
        var item = (await Store.Catalogue.GetItemAsync("i", Ct))!;
        Assert.True(item.Listed);
        Assert.Equal(Full.Categories, item.Record.Categories);
        Assert.Equal(Full with { Categories = [] }, item.Record with { Categories = [] });
    }

    [Fact]
    public async Task Commit_SameItemsAgain_ChangesNothing()
    {
        await ImportItemsAsync(("i", Full), ("j", new ItemRecord()));
        var feed = (await Store.Feed.LoadAsync(Ct)).Marker;

        var again = await ImportItemsAsync(("i", Full), ("j", new ItemRecord()));

        Assert.Equal((0, 2), (again.Accepted, again.Duplicates));
        Assert.Empty((await Store.Feed.ReadSinceAsync(feed, 100, Ct)).Items);
    }

    [Fact]
    public async Task Commit_ItemThatWasDeletedOrUnlisted_IsListedWithItsKey()
    {
        await Store.Catalogue.PutItemAsync("deleted", Full, Ct);
        var key = (await Store.Catalogue.DeleteItemAsync("deleted", Ct))!.Value.Key;
        var unlisted = (await Store.AppendAsync(Store.Interaction("u", "unlisted"))).Keys[0].ItemKey;
        var feed = (await Store.Feed.LoadAsync(Ct)).Marker;

        await ImportItemsAsync(("deleted", new ItemRecord()), ("unlisted", new ItemRecord()));

        Assert.Equal(key, (await Store.Catalogue.GetItemAsync("deleted", Ct))!.Key);
        Assert.Equal(unlisted, (await Store.Catalogue.GetItemAsync("unlisted", Ct))!.Key);
        var changed = await Store.Feed.ReadSinceAsync(feed, 100, Ct);
        Assert.Equal(2, changed.Items.Count);
        Assert.All(changed.Items, item => Assert.True(item.Item is { Listed: true, Deleted: false }));
    }

    [Fact]
    public async Task Commit_Users_StoresTheLastLineOfEachId()
    {
        await Store.Catalogue.PutUserAsync("known", """{"a":1}""", Ct);

        var result = await ImportUsersAsync(("known", """{"a":2}"""), ("new", "{}"), ("new", null), ("same", null));
        var again = await ImportUsersAsync(("known", """{"a":2}"""), ("new", null), ("same", null));

        Assert.Equal((3, 1), (result.Accepted, result.Duplicates));
        Assert.Equal((0, 3), (again.Accepted, again.Duplicates));
        Assert.Equal("""{"a":2}""", (await Store.Catalogue.GetUserAsync("known", Ct))!.AttributesJson);
        Assert.Null((await Store.Catalogue.GetUserAsync("new", Ct))!.AttributesJson);
    }

    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNothing()
    {
        await using (var stage = await Store.Import.StageItemsAsync(Ct))
            await stage.AddAsync(1, ("i", Full), Ct);

        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }
}

public sealed class SqliteRecordImportTests() : RecordImportContract(StorageProvider.Sqlite);

public sealed class PostgresRecordImportTests() : RecordImportContract(StorageProvider.Postgres);
