namespace RecoService.Storage.Tests.Import;

public abstract class RecordImportContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly ItemRecord Full = new()
    {
        Title = "Ein Titel, \"quoted\"\n",
        Description = "d",
        Categories = ["a/b", "ü", ""],
        Price = 1234.5600m,
        SalePrice = 999.90m,
        Currency = "EUR",
        Available = false,
        Hidden = true,
        AddedAt = new DateTimeOffset(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        GroupId = "g",
        ImageUrl = "https://example.org/x.png",
        ConsumesForDays = 30.5,
        AttributesJson = """{"z":1,"a":[1.50]}""",
    };

    private Task<ImportResult> ImportItemsAsync(params ImportedItem[] rows) => ImportItemsAsync(ImportRules.Default, rows);

    private async Task<ImportResult> ImportItemsAsync(ImportRules rules, params ImportedItem[] rows)
    {
        await using var stage = await Store.Import.StageItemsAsync(Ct);
        for (var position = 0; position < rows.Length; position++)
            await stage.AddAsync(position + 1, rows[position], Ct);
        return await stage.CommitAsync("file", rules, Ct);
    }

    private Task<ImportResult> ImportUsersAsync(params ImportedUser[] rows) => ImportUsersAsync(ImportRules.Default, rows);

    private async Task<ImportResult> ImportUsersAsync(ImportRules rules, params ImportedUser[] rows)
    {
        await using var stage = await Store.Import.StageUsersAsync(Ct);
        for (var position = 0; position < rows.Length; position++)
            await stage.AddAsync(position + 1, rows[position], Ct);
        return await stage.CommitAsync("file", rules, Ct);
    }

    private static readonly ItemFields[] EveryField = [.. Enumerable.Range(0, 12).Select(bit => (ItemFields)(1 << bit))];

    private static ItemRecord Changed(ItemRecord record, ItemFields field, ItemRecord from) => field switch
    {
        ItemFields.Title => record with { Title = from.Title },
        ItemFields.Description => record with { Description = from.Description },
        ItemFields.Categories => record with { Categories = from.Categories },
        ItemFields.Price => record with { Price = from.Price },
        ItemFields.SalePrice => record with { SalePrice = from.SalePrice },
        ItemFields.Currency => record with { Currency = from.Currency },
        ItemFields.Available => record with { Available = from.Available },
        ItemFields.Hidden => record with { Hidden = from.Hidden },
        ItemFields.AddedAt => record with { AddedAt = from.AddedAt },
        ItemFields.GroupId => record with { GroupId = from.GroupId },
        ItemFields.ImageUrl => record with { ImageUrl = from.ImageUrl },
        ItemFields.ConsumesForDays => record with { ConsumesForDays = from.ConsumesForDays },
        ItemFields.Attributes => record with { AttributesJson = from.AttributesJson },
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static void AssertSame(ItemRecord expected, ItemRecord actual)
    {
        Assert.Equal(expected.Categories, actual.Categories);
        Assert.Equal(expected with { Categories = [] }, actual with { Categories = [] });
    }

    private async Task<ItemRecord> StoredAsync(string itemId)
    {
        var item = (await Store.Catalogue.GetItemAsync(itemId, Ct))!;
        Assert.True(item.Listed);
        return item.Record;
    }

    [Fact]
    public async Task Commit_ItemsWithEveryField_StoresThemAsPutWould()
    {
        var result = await ImportItemsAsync(new ImportedItem("i", Full), new ImportedItem("j", new ItemRecord()), new ImportedItem("i", Full));

        Assert.Equal((true, 2, 1), (result.Committed, result.Accepted, result.Duplicates));
        AssertSame(Full, await StoredAsync("i"));
        AssertSame(new ItemRecord(), await StoredAsync("j"));
    }

    [Fact]
    public async Task Commit_RowsThatGiveOneField_LeaveTheOthersAlone()
    {
        var other = new ItemRecord
        {
            Title = "t",
            Description = "other",
            Categories = ["c"],
            Price = 1,
            SalePrice = 0.5m,
            Currency = "USD",
            AddedAt = DateTimeOffset.UnixEpoch,
            GroupId = "h",
            ImageUrl = "http://x",
            ConsumesForDays = 7,
            AttributesJson = """{"b":2}""",
        };
        foreach (var field in EveryField)
            await Store.Catalogue.PutItemAsync($"set-{field}", Full, Ct);
        foreach (var field in EveryField)
            await Store.Catalogue.PutItemAsync($"clear-{field}", Full, Ct);

        var result = await ImportItemsAsync([
            .. EveryField.Select(field => new ImportedItem($"set-{field}", Changed(new ItemRecord(), field, other), field, field)),
            .. EveryField.Select(field => new ImportedItem($"clear-{field}", new ItemRecord(), field, ItemFields.None)),
            .. EveryField.Select(field => new ImportedItem($"new-{field}", Changed(new ItemRecord(), field, other), field, field)),
        ]);

        Assert.Equal((true, 36, 0), (result.Committed, result.Accepted, result.Duplicates));
        foreach (var field in EveryField)
        {
            var set = Changed(Full, field, other);
            AssertSame(field == ItemFields.Attributes ? set with { AttributesJson = """{"z":1,"a":[1.50],"b":2}""" } : set, await StoredAsync($"set-{field}"));
            AssertSame(Changed(Full, field, new ItemRecord()), await StoredAsync($"clear-{field}"));
            AssertSame(Changed(new ItemRecord(), field, other), await StoredAsync($"new-{field}"));
        }
    }

    [Fact]
    public async Task Commit_Replace_ClearsWhatARowDoesNotGive()
    {
        await Store.Catalogue.PutItemAsync("i", Full, Ct);
        await Store.Catalogue.PutUserAsync("u", """{"a":1}""", Ct);
        var rules = new ImportRules { Replace = true };

        await ImportItemsAsync(rules, new ImportedItem("i", new ItemRecord { Price = 2, AttributesJson = """{"b":1,"c":null}""" }, ItemFields.Price, ItemFields.Price));
        await ImportUsersAsync(rules, new ImportedUser("u", null, GivesAttributes: false));

        AssertSame(new ItemRecord { Price = 2, AttributesJson = """{"b":1}""" }, await StoredAsync("i"));
        Assert.Null((await Store.Catalogue.GetUserAsync("u", Ct))!.AttributesJson);
    }

    [Fact]
    public async Task Commit_RowThatChangesNothing_IsDuplicateAndNotTold()
    {
        await ImportItemsAsync(new ImportedItem("i", Full), new ImportedItem("j", new ItemRecord()));
        var feed = (await Store.Feed.LoadAsync(Ct)).Marker;

        var again = await ImportItemsAsync(new ImportedItem("i", Full), new ImportedItem("j", new ItemRecord()));
        var parts = await ImportItemsAsync([
            .. EveryField.Where(field => field != ItemFields.Attributes).Select((field, n) => new ImportedItem("i", Changed(new ItemRecord(), field, Full), field, field)).Take(1),
            new ImportedItem("j", new ItemRecord { AttributesJson = """{"gone":null}""" }, ItemFields.None, ItemFields.None)]);

        Assert.Equal((0, 2), (again.Accepted, again.Duplicates));
        Assert.Equal((0, 2), (parts.Accepted, parts.Duplicates));
        Assert.Empty((await Store.Feed.ReadSinceAsync(feed, 100, Ct)).Items);
    }

    [Fact]
    public async Task Commit_ItemThatWasDeletedOrUnlisted_IsListedWithItsKey()
    {
        await Store.Catalogue.PutItemAsync("deleted", Full, Ct);
        var key = (await Store.Catalogue.DeleteItemAsync("deleted", Ct))!.Value.Key;
        var unlisted = (await Store.AppendAsync(Store.Interaction("u", "unlisted"))).Interactions[0].ItemKey;
        var feed = (await Store.Feed.LoadAsync(Ct)).Marker;

        await ImportItemsAsync(new ImportedItem("deleted", new ItemRecord { Price = 1 }, ItemFields.Price, ItemFields.Price), new ImportedItem("unlisted", new ItemRecord()));

        Assert.Equal(key, (await Store.Catalogue.GetItemAsync("deleted", Ct))!.Key);
        AssertSame(new ItemRecord { Price = 1 }, await StoredAsync("deleted"));
        Assert.Equal(unlisted, (await Store.Catalogue.GetItemAsync("unlisted", Ct))!.Key);
        var changed = await Store.Feed.ReadSinceAsync(feed, 100, Ct);
        Assert.Equal(2, changed.Items.Count);
        Assert.All(changed.Items, item => Assert.True(item.Item is { Listed: true, Deleted: false }));
    }

    [Fact]
    public async Task Commit_UsersAttributes_MergeByName()
    {
        await Store.Catalogue.PutUserAsync("known", """{"a":1,"b":{"c":1,"d":2},"e":5}""", Ct);
        await Store.Catalogue.PutUserAsync("kept", """{"a":1}""", Ct);
        await Store.Catalogue.PutUserAsync("cleared", """{"a":1}""", Ct);
        ImportedUser[] rows =
        [
            new("known", """{"a":2,"b":{"c":null,"x":3},"e":null}"""), new ImportedUser("kept", null, GivesAttributes: false), new ImportedUser("cleared", null),
            new("new", """{"n":1,"gone":null}"""), new ImportedUser("bare", null, GivesAttributes: false), new ImportedUser("new", """{"n":1,"gone":null}"""),
        ];

        var result = await ImportUsersAsync(rows);
        var again = await ImportUsersAsync(rows);

        Assert.Equal((4, 2, 0), (result.Accepted, result.Duplicates, result.ConflictCount));
        Assert.Equal((0, 6), (again.Accepted, again.Duplicates));
        Assert.Equal("""{"a":2,"b":{"d":2,"x":3}}""", (await Store.Catalogue.GetUserAsync("known", Ct))!.AttributesJson);
        Assert.Equal("""{"a":1}""", (await Store.Catalogue.GetUserAsync("kept", Ct))!.AttributesJson);
        Assert.Null((await Store.Catalogue.GetUserAsync("cleared", Ct))!.AttributesJson);
        Assert.Equal("""{"n":1}""", (await Store.Catalogue.GetUserAsync("new", Ct))!.AttributesJson);
        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeMilliseconds(), (await Store.Catalogue.GetUserAsync("bare", Ct))!.UpdatedAt.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Commit_AttributesThatGrowTooLong_AreNamedAndStoreNothing()
    {
        await Store.Catalogue.PutUserAsync("u", $$"""{"a":"{{new string('x', 80)}}"}""", Ct);
        ImportedUser[] rows = [new("v", "{}"), new ImportedUser("u", $$"""{"b":"{{new string('y', 80)}}"}""")];
        var rules = new ImportRules { AttributesBytes = 100 };

        var refused = await ImportUsersAsync(rules, rows);
        Assert.Equal((false, 2L), (refused.Committed, Assert.Single(refused.Conflicts).Line));
        Assert.Null(await Store.Catalogue.GetUserAsync("v", Ct));

        var skipped = await ImportUsersAsync(rules with { SkipInvalid = true }, rows);
        Assert.Equal((true, 1, 0, 1), (skipped.Committed, skipped.Accepted, skipped.Duplicates, skipped.ConflictCount));
        Assert.Contains("xxx", (await Store.Catalogue.GetUserAsync("u", Ct))!.AttributesJson, StringComparison.Ordinal);
    }

    private static readonly ImportedItem[] Repeats =
    [
        new("i", new ItemRecord { Title = "first" }, ItemFields.Title | ItemFields.Price | ItemFields.Attributes, ItemFields.Title),
        new("j", new ItemRecord()),
        new("i", new ItemRecord { Price = 5, AttributesJson = """{"size":null,"colour":"red"}""" }, ItemFields.Title | ItemFields.Price | ItemFields.Attributes, ItemFields.Price | ItemFields.Attributes),
        new("i", new ItemRecord { Title = "third", Available = false, AttributesJson = """{"size":"M","colour":"blue"}""" }, ItemFields.Title | ItemFields.Available | ItemFields.Attributes, ItemFields.Title | ItemFields.Available | ItemFields.Attributes),
        new("j", new ItemRecord()),
    ];

    [Fact]
    public async Task Commit_RowsOfOneIdWithOtherContent_AreNamedWithBothLinesAndStoreNothing()
    {
        var refused = await ImportItemsAsync(Repeats);

        Assert.Equal((false, 0, 2), (refused.Committed, refused.Accepted, refused.ConflictCount));
        Assert.Equal([3L, 4L], refused.Conflicts.Select(conflict => conflict.Line));
        Assert.All(refused.Conflicts, conflict => Assert.Contains("'i' stands on line 1 with other content", conflict.Reason, StringComparison.Ordinal));
        Assert.Null(await Store.Catalogue.GetItemAsync("j", Ct));

        var users = await ImportUsersAsync(new ImportedUser("u", """{"a":1}"""), new ImportedUser("u", """{"a":2}"""), new ImportedUser("u", """{"a":1}"""));
        Assert.Equal((false, 2L), (users.Committed, Assert.Single(users.Conflicts).Line));
    }

    [Fact]
    public async Task Commit_RowsOfOneId_AreChosenAsTheRulesSay()
    {
        var skipInvalid = await ImportItemsAsync(new ImportRules { SkipInvalid = true }, Repeats);
        Assert.Equal((true, 2, 1, 2), (skipInvalid.Committed, skipInvalid.Accepted, skipInvalid.Duplicates, skipInvalid.ConflictCount));
        AssertSame(new ItemRecord { Title = "first" }, await StoredAsync("i"));

        var last = await ImportItemsAsync(new ImportRules { OnConflict = ConflictRule.Replace }, Repeats);
        Assert.Equal((true, 1, 2, 2, 0), (last.Committed, last.Accepted, last.Duplicates, last.Skipped, last.ConflictCount));
        AssertSame(new ItemRecord { Title = "third", Available = false, AttributesJson = """{"size":"M","colour":"blue"}""" }, await StoredAsync("i"));

        var first = await ImportItemsAsync(new ImportRules { OnConflict = ConflictRule.Skip }, Repeats);
        Assert.Equal((true, 1, 2, 2, 0), (first.Committed, first.Accepted, first.Duplicates, first.Skipped, first.ConflictCount));
        AssertSame(new ItemRecord { Title = "first", Available = false }, await StoredAsync("i"));
    }

    [Fact]
    public async Task Commit_MergedRows_TakeTheFirstFilledValueOfEachField()
    {
        var rules = new ImportRules { MergeRows = true };
        var merged = await ImportItemsAsync(rules, Repeats);

        Assert.Equal((true, 2, 1, 2, 0), (merged.Committed, merged.Accepted, merged.Duplicates, merged.Merged, merged.ConflictCount));
        AssertSame(new ItemRecord { Title = "first", Price = 5, Available = false, AttributesJson = """{"size":"M","colour":"red"}""" }, await StoredAsync("i"));

        var again = await ImportItemsAsync(rules, Repeats);
        Assert.Equal((0, 3, 2), (again.Accepted, again.Duplicates, again.Merged));

        var users = await ImportUsersAsync(rules, new ImportedUser("u", """{"a":null,"b":1}"""), new ImportedUser("u", null), new ImportedUser("u", """{"a":2,"b":3}"""));
        Assert.Equal((true, 1, 0, 2), (users.Committed, users.Accepted, users.Duplicates, users.Merged));
        Assert.Equal("""{"a":2,"b":1}""", (await Store.Catalogue.GetUserAsync("u", Ct))!.AttributesJson);
    }

    [Fact]
    public async Task Commit_ManyRepeatsAndPatches_GoInPages()
    {
        const int Users = 12_000;
        await ImportUsersAsync([.. Enumerable.Range(0, Users).Select(n => new ImportedUser($"u{n}", """{"old":1}"""))]);

        var result = await ImportUsersAsync(
            new ImportRules { MergeRows = true },
            [.. Enumerable.Range(0, 2 * Users).Select(n => new ImportedUser($"u{n % Users}", $$"""{"n{{n / Users}}":{{n}}}"""))]);

        Assert.Equal((Users, Users), (result.Accepted, result.Merged));
        Assert.Equal($$"""{"old":1,"n0":{{Users - 1}},"n1":{{(2 * Users) - 1}}}""", (await Store.Catalogue.GetUserAsync($"u{Users - 1}", Ct))!.AttributesJson);
        Assert.Equal($$"""{"old":1,"n0":5000,"n1":{{Users + 5000}}}""", (await Store.Catalogue.GetUserAsync("u5000", Ct))!.AttributesJson);
    }

    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNothing()
    {
        await using (var stage = await Store.Import.StageItemsAsync(Ct))
            await stage.AddAsync(1, new ImportedItem("i", Full), Ct);

        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
    }
}

public sealed class SqliteRecordImportTests() : RecordImportContract(StorageProvider.Sqlite);

public sealed class PostgresRecordImportTests() : RecordImportContract(StorageProvider.Postgres);
