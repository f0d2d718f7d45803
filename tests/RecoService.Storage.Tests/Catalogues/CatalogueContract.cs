namespace RecoService.Storage.Tests.Catalogues;

public abstract class CatalogueContract(StorageProvider provider) : StorageContract(provider)
{
    [Fact]
    public async Task PutItem_NewThenKnown_SaysWhatItCreated()
    {
        var (first, created) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "a", Price = 1.10m, SalePrice = 0.90m, Categories = ["x", "y"] }, Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        var (second, createdAgain) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { Description = "b" }, Ct);

        Assert.True(created);
        Assert.False(createdAgain);
        Assert.Equal((first.Key, first.CreatedAt), (second.Key, second.CreatedAt));
        var stored = (await Store.Catalogue.GetItemAsync("i", Ct))!;
        Assert.Equal(new ItemRecord { Description = "b" } with { Categories = stored.Record.Categories }, stored.Record);
        Assert.Equal(TimeSpan.FromSeconds(5), stored.UpdatedAt - stored.CreatedAt);
    }

    [Fact]
    public async Task ConsumesForDays_IsStoredAndServedUntilItIsCleared()
    {
        var (put, _) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { ConsumesForDays = 30.5 }, Ct);
        var loaded = await Store.Feed.LoadAsync(Ct);
        Assert.Equal([30.5, 30.5, 30.5], [put.ToServed().Item.ConsumesForDays, loaded.Items.Columns.ConsumesForDays[0], (await Store.Catalogue.GetItemAsync("i", Ct))!.Record.ConsumesForDays]);

        await Store.Catalogue.PatchItemAsync("i", record => record with { ConsumesForDays = 0 }, Ct);
        var changes = await Store.Feed.ReadSinceAsync(loaded.Marker, 10, Ct);
        Assert.Equal(0, Assert.Single(changes.Items).Item.ConsumesForDays);

        await Store.Catalogue.PatchItemAsync("i", record => record with { ConsumesForDays = null }, Ct);
        Assert.Null(Assert.Single((await Store.Feed.ReadSinceAsync(changes.Marker, 10, Ct, contentAfter: 0)).Items).Item.ConsumesForDays);
    }

    [Fact]
    public async Task PutItem_UnlistedItem_CountsAsCreatedAndKeepsItsKey()
    {
        var key = (await Store.AppendAsync(Store.Interaction("u", "i"))).Interactions[0].ItemKey;

        var (item, created) = await Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct);

        Assert.Equal((true, key, true), (created, item.Key, item.Listed));
    }

    [Fact]
    public async Task DeleteItem_ThenPut_RevivesWithTheSameKeyAndABlankRecord()
    {
        var (item, _) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "secret", AttributesJson = "{}" }, Ct);

        Assert.Equal(item.Key, (await Store.Catalogue.DeleteItemAsync("i", Ct))?.Key);
        Assert.Null(await Store.Catalogue.DeleteItemAsync("i", Ct));
        Assert.Null(await Store.Catalogue.GetItemAsync("i", Ct));
        Assert.Null(await Store.Catalogue.PatchItemAsync("i", record => record, Ct));
        Assert.Empty((await Store.Catalogue.ListItemsAsync(null, 10, Ct)).Items);

        var (revived, created) = await Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct);
        Assert.Equal((true, item.Key, (string?)null), (created, revived.Key, revived.Record.Title));
    }

    [Fact]
    public async Task PatchItem_ManyAtOnce_LosesNoChange()
    {
        await Store.Catalogue.PutItemAsync("i", new ItemRecord { Price = 0 }, Ct);
        await using var replica = Store.Replica();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(
            () => (n % 2 == 0 ? Store : replica).Catalogue.PatchItemAsync("i", record => record with { Price = record.Price + 1 }, Ct), Ct)));

        Assert.Equal(20, (await Store.Catalogue.GetItemAsync("i", Ct))!.Record.Price);
        Assert.Null(await Store.Catalogue.PatchItemAsync("unknown", record => record, Ct));
    }

    [Fact]
    public async Task PutItem_TheSameNewIdAtOnce_CreatesOne()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Task.Run(() => Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = $"{n}" }, Ct), Ct)));

        Assert.Single(results, result => result.Created);
        Assert.Single(results.Select(result => result.Item.Key).Distinct());
    }

    [Fact]
    public async Task ListItems_Pages_GiveEachOnceByKey()
    {
        for (var n = 0; n < 7; n++)
            await Store.Catalogue.PutItemAsync($"i{n}", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("i3", Ct);

        var first = await Store.Catalogue.ListItemsAsync(null, 4, Ct);
        var second = await Store.Catalogue.ListItemsAsync(first.Next, 4, Ct);

        Assert.Equal(["i0", "i1", "i2", "i4", "i5", "i6"], first.Items.Concat(second.Items).Select(item => item.ItemId));
        Assert.Null(second.Next);
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.Catalogue.ListItemsAsync("?", 4, Ct));
    }

    [Fact]
    public async Task DeleteUser_ErasesEverythingAndGivesTheIdANewKey()
    {
        var impression = new Impression(Guid.Parse("0199aaaa-1111-7222-8333-444455556666"), "u", "home", null, 1, "c", Store.Clock.GetUtcNow(), ["i"]);
        await Store.Impressions.AppendAsync([impression], Ct);
        var key = (await Store.AppendAsync(Store.Interaction("u", "i", id: "x"), Store.Rating("u", "i", 3), Store.Interaction("v", "i"))).Interactions[0].UserKey;

        Assert.Equal(key, await Store.EraseUserAsync("u", Ct));

        Assert.Null(await Store.EraseUserAsync("u", Ct));
        Assert.Null(await Store.Catalogue.GetUserAsync("u", Ct));
        Assert.Empty(await Store.ListAsync("u"));
        Assert.Null(await Store.Impressions.GetAsync(impression.RecommendationId, Ct));
        Assert.Equal(new StoreCounts(1, 1, 1, 0), await Store.Database.CountAsync(Ct));
        var again = await Store.AppendAsync(Store.Interaction("u", "other", id: "x"));
        Assert.True(again.Interactions[0].UserKey > key);
        Assert.Equal(1, again.Accepted);
    }

    [Fact]
    public async Task DeleteUser_WhileTheirInteractionsArrive_LeavesNoRowWithoutAUser()
    {
        await using var replica = Store.Replica();
        for (var round = 0; round < 15; round++)
        {
            await Task.WhenAll(
                Task.Run(() => Store.AppendAsync(Store.Interaction("u", "i"), Store.Rating("u", "i", 3)), Ct),
                Task.Run(() => replica.EraseUserAsync("u", Ct), Ct),
                Task.Run(() => replica.AppendAsync(Store.Interaction("u", "i"), Store.Rating("u", "j", 3)), Ct));
        }

        var dataset = await Store.Interactions.LoadDatasetAsync(Ct);
        var users = (await Store.Feed.LoadAsync(Ct)).Users.Select(user => user.Key).ToArray();
        Assert.True(dataset.Users.Keys.ToArray().All(users.Contains));
    }

    /// <summary>The check sees what the write would change, null for what is not there, and a write that it forbids has changed nothing.</summary>
    [Fact]
    public async Task AnyWrite_CheckThatThrows_SawTheStoredRecordAndChangedNothing()
    {
        var (item, _) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "kept" }, Ct);
        var (user, _) = await Store.Catalogue.PutUserAsync("u", """{"a":1}""", Ct);
        await Store.Catalogue.PutItemAsync("gone", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("gone", Ct);
        var seen = new List<object?>();
        void Forbid(object? stored)
        {
            seen.Add(stored is StoredItem row ? (row.ItemId, row.Revision) : (stored as StoredUser)?.UserId);
            throw new InvalidOperationException("not now");
        }

        foreach (var write in new Func<Task>[]
        {
            () => Store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct, Forbid), () => Store.Catalogue.PatchItemAsync("i", record => record with { Title = "b" }, Ct, Forbid),
            () => Store.Catalogue.DeleteItemAsync("i", Ct, Forbid), () => Store.Catalogue.PutItemAsync("new", new ItemRecord(), Ct, Forbid), () => Store.Catalogue.PutItemAsync("gone", new ItemRecord(), Ct, Forbid),
            () => Store.Catalogue.PutUserAsync("u", null, Ct, Forbid), () => Store.Catalogue.PatchUserAsync("u", _ => null, Ct, Forbid),
            () => Store.EraseUserAsync("u", Ct, Forbid), () => Store.Catalogue.PutUserAsync("new", null, Ct, Forbid),
        })
            await Assert.ThrowsAsync<InvalidOperationException>(write);

        Assert.Equal([("i", item.Revision), ("i", item.Revision), ("i", item.Revision), null, null, "u", "u", "u", null], seen);
        Assert.Equal(("kept", item.Revision), (await Store.Catalogue.GetItemAsync("i", Ct)) is { } stored ? (stored.Record.Title, stored.Revision) : default);
        Assert.Equal(user, await Store.Catalogue.GetUserAsync("u", Ct));
        Assert.Null(await Store.Catalogue.GetItemAsync("new", Ct));
        Assert.Null(await Store.Catalogue.GetItemAsync("gone", Ct));
        Assert.Null(await Store.Catalogue.GetUserAsync("new", Ct));
    }

    /// <summary>The check stands under the lock of the write: of many that ask for the same revision one goes through.</summary>
    [Fact]
    public async Task PatchItem_ManyThatAskForTheSameRevision_LetsOneThrough()
    {
        var (item, _) = await Store.Catalogue.PutItemAsync("i", new ItemRecord { Price = 0 }, Ct);
        await using var replica = Store.Replica();

        var done = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(
            async () =>
            {
                try
                {
                    await (n % 2 == 0 ? Store : replica).Catalogue.PatchItemAsync("i", record => record with { Price = record.Price + 1 }, Ct, stored =>
                    {
                        if (stored!.Revision != item.Revision)
                            throw new InvalidOperationException("stale");
                    });
                    return true;
                }
                catch (InvalidOperationException stale) when (stale.Message == "stale")
                {
                    return false;
                }
            }, Ct)));

        Assert.Single(done, true);
        Assert.Equal(1, (await Store.Catalogue.GetItemAsync("i", Ct))!.Record.Price);
    }

    [Fact]
    public async Task PutAndPatchUser_KeepAttributes()
    {
        var (user, created) = await Store.Catalogue.PutUserAsync("u", """{"a":1}""", Ct);
        var patched = await Store.Catalogue.PatchUserAsync("u", attributes => attributes + " ", Ct);

        Assert.True(created);
        Assert.False((await Store.Catalogue.PutUserAsync("u", null, Ct)).Created);
        Assert.Equal((user.Key, """{"a":1} """), (patched!.Key, patched.AttributesJson));
        Assert.Null((await Store.Catalogue.GetUserAsync("u", Ct))!.AttributesJson);
        Assert.Null(await Store.Catalogue.PatchUserAsync("unknown", attributes => attributes, Ct));
    }

    [Fact]
    public async Task ListUsers_Pages_GiveEachOnceByKey()
    {
        for (var n = 0; n < 5; n++)
            await Store.Catalogue.PutUserAsync($"u{n}", null, Ct);

        var first = await Store.Catalogue.ListUsersAsync(null, 3, Ct);
        var second = await Store.Catalogue.ListUsersAsync(first.Next, 3, Ct);

        Assert.Equal(["u0", "u1", "u2", "u3", "u4"], first.Items.Concat(second.Items).Select(user => user.UserId));
    }
}

public sealed class SqliteCatalogueTests() : CatalogueContract(StorageProvider.Sqlite);

public sealed class PostgresCatalogueTests() : CatalogueContract(StorageProvider.Postgres);
