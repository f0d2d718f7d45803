using System.Diagnostics;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage.Tests.Serving;

public abstract class ServingFeedContract(StorageProvider provider) : StorageContract(provider)
{
    [Fact]
    public async Task Load_GivesUsersItemsAndHistories()
    {
        await Store.Catalogue.PutItemAsync("listed", new ItemRecord { Available = false, GroupId = "g" }, Ct);
        await Store.Catalogue.PutItemAsync("gone", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("gone", Ct);
        var keys = (await Store.AppendAsync(
            Store.Interaction("u", "seen", "view"), Store.Interaction("u", "bought", "purchase"), Store.Interaction("u", "bought", "purchase"), Store.Rating("u", "bought", 3),
            Store.Rating("u", "rated", 2))).Interactions;

        var data = await Store.Feed.LoadAsync(Ct);

        Assert.Equal([(keys[0].UserKey, "u")], data.Users);
        Assert.Equal(["listed", "gone"], data.Items.Ids.Take(2));
        Assert.Equal(["bought", "rated", "seen"], data.Items.Ids.Skip(2).Order());
        Assert.Equal(data.Items.Keys.Order(), data.Items.Keys);
        var columns = data.Items.Columns;
        Assert.Equal([(true, false), (false, false), (false, true)], Enumerable.Range(0, 3).Select(item => (columns.IsListed(item), columns.IsServable(item))));
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(columns.IsDeleted));
        Assert.Equal(["g", null, null], Enumerable.Range(0, 3).Select(columns.GroupId.TextOf));
        Assert.Equal([1, 2, 0], Enumerable.Range(0, 3).Select(columns.RevisionOf));
        Assert.False(data.Items.AnyToShow);
        Assert.Equal(data.Users.Select(user => user.Key), data.Histories.Users.Keys.ToArray());
        Assert.Equal(data.Items.Keys, data.Histories.Items.Keys.ToArray());
        Assert.Equal(
            new[] { keys[0].ItemKey, keys[1].ItemKey, keys[4].ItemKey }.Order(),
            data.Histories.UserItems.RowColumns(0).ToArray().Select(item => data.Histories.Items[item]));
        Assert.Equal([2f, 3f], data.Histories.Ratings.RowValues(0).ToArray().Order());
    }

    /// <summary>A record is read whatever wrote it; a user who is known from interactions alone has none.</summary>
    [Fact]
    public async Task LoadAndReadSince_UsersRecords_ComeWithTheirAttributesAndRevisions()
    {
        await Store.Catalogue.PutUserAsync("ann", """{ "age": 41, "tier": "gold", "interests": ["tea", "jazz"], "vegan": true, "deep": { "x": 1 }, "none": null }""", Ct);
        await Store.Catalogue.PutUserAsync("bare", null, Ct);
        await Store.AppendAsync(Store.Interaction("visitor", "i", "view"));

        var loaded = await Store.Feed.LoadAsync(Ct);

        var attributes = loaded.Users.ToDictionary(user => user.UserId, user => loaded.Attributes.Of(loaded.Users.ToList().IndexOf(user)), StringComparer.Ordinal);
        Assert.Equivalent(
            (ItemAttribute[])[ItemAttribute.Of("age", 41), ItemAttribute.Of("interests", ["tea", "jazz"]), ItemAttribute.Of("tier", "gold"), ItemAttribute.Of("vegan", true)], attributes["ann"], strict: true);
        Assert.Empty(attributes["bare"]);
        Assert.Empty(attributes["visitor"]);

        await Store.Catalogue.PatchUserAsync("ann", _ => """{ "age": 42 }""", Ct);
        await Store.Catalogue.PatchUserAsync("ann", _ => """{ "age": 43 }""", Ct);
        await Store.Catalogue.PutUserAsync("new", """{ "tier": "tin" }""", Ct);
        await Store.AppendAsync(Store.Interaction("another", "i", "view"));
        await Store.Merges.MergeAsync("visitor", "new", (_, _) => """{ "tier": "zinc" }""", Ct);
        await Store.Catalogue.PutUserAsync("gone", """{ "tier": "lead" }""", Ct);
        await Store.EraseUserAsync("gone", Ct);
        var changes = await Store.Feed.ReadSinceAsync(loaded.Marker, 100, Ct);

        Assert.Equal(["ann 3 age", "new 2 tier"], changes.Users.Select(user => $"{user.UserId} {user.Revision} {string.Join(' ', user.Attributes.Select(attribute => attribute.Name))}").Order(StringComparer.Ordinal));
        Assert.Equal(43, changes.Users.Single(user => user.UserId == "ann").Attributes.Single().Number);
        Assert.Equal("zinc", changes.Users.Single(user => user.UserId == "new").Attributes.Single().Text);
        Assert.NotNull(changes.OldestChangeAt);
        Assert.Empty((await Store.Feed.ReadSinceAsync(changes.Marker, 100, Ct)).Users);
        var now = await Store.Feed.LoadAsync(Ct);
        Assert.Equal(42 + 1, now.Attributes.Of(now.Users.ToList().FindIndex(user => user.UserId == "ann")).Single().Number);
    }

    /// <summary>A page ends in the middle of an import's users, and the next goes on there.</summary>
    [Fact]
    public async Task ReadSince_ManyUsersOfOneImport_ComeInPagesAndEachOnce()
    {
        await Store.Catalogue.PutUserAsync("u03", """{ "tier": "old" }""", Ct);
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        await using (var stage = await Store.Import.StageUsersAsync(Ct))
        {
            for (var user = 0; user < 25; user++)
                await stage.AddAsync(user + 1, new ImportedUser($"u{user:00}", $$"""{ "tier": "t{{user}}" }"""), Ct);
            Assert.Equal(25, (await stage.CommitAsync("file", ImportRules.Default, Ct)).Accepted);
        }

        List<string> read = [];
        bool hasMore;
        do
        {
            var changes = await Store.Feed.ReadSinceAsync(marker, 10, Ct);
            Assert.InRange(changes.Users.Count, 0, 10);
            read.AddRange(changes.Users.Select(user => $"{user.UserId} {user.Attributes.Single().Text} {user.Revision}"));
            (marker, hasMore) = (changes.Marker, changes.HasMore);
        }
        while (hasMore);

        Assert.Equal(Enumerable.Range(0, 25).Select(user => $"u{user:00} t{user} {(user == 3 ? 2 : 1)}"), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ReadSince_BatchThatTheCallerApplied_LeavesItsInteractionsOutAndNothingElse()
    {
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        var own = await Store.AppendAsync(Store.Interaction("u", "own", "purchase"), Store.Rating("u", "rated", 3));
        var other = await Store.AppendAsync(Store.Interaction("u", "other", "purchase"));
        Assert.NotEqual(own.Change, other.Change);
        Assert.True((await Store.AppendAsync(Store.Rating("v", "rated", 3))).Change > other.Change);

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct, [own.Change]);

        Assert.Equal(["other", "rated", "rated"], changes.Interactions.Select(interaction => interaction.ItemId).Order());
        Assert.Equal(["other", "own", "rated"], changes.Items.Select(item => item.ItemId).Order());
        Assert.Empty((await Store.Feed.ReadSinceAsync(changes.Marker, 100, Ct)).Interactions);
    }

    [Fact]
    public async Task Append_Again_HasNoChange()
    {
        var first = await Store.AppendAsync(Store.Interaction("u", "i", id: "same"));

        var again = await Store.AppendAsync(Store.Interaction("u", "i", id: "same"));

        Assert.True(first.Change > 0);
        Assert.Equal((0, 1, 0), (again.Accepted, again.Duplicates, again.Change));
    }

    [Fact]
    public async Task LoadAndReadSince_ItemsAfterAKey_ComeWithTheirContent()
    {
        var record = new ItemRecord { Title = "Oak chair", Description = "Solid.", Categories = ["Furniture"], Price = 89.5m, AttributesJson = """{ "colour": "natural" }""", AddedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000) };
        var (old, _) = await Store.Catalogue.PutItemAsync("old", record, Ct);
        var (young, _) = await Store.Catalogue.PutItemAsync("young", record, Ct);
        await Store.AppendAsync(Store.Interaction("u", "unlisted"));

        var loaded = await Store.Feed.LoadAsync(Ct, contentAfter: old.Key);
        await Store.Catalogue.PatchItemAsync("young", before => before with { Title = "Ash chair" }, Ct);
        await Store.Catalogue.PatchItemAsync("old", before => before with { Title = "Old chair" }, Ct);
        var changes = await Store.Feed.ReadSinceAsync(loaded.Marker, 100, Ct, contentAfter: old.Key);

        Assert.Equal(["old", "young", "unlisted"], loaded.Items.Ids);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(item => loaded.Items.ContentOf(item) is not null));
        var content = loaded.Items.ContentOf(1)!;
        Assert.Equal(("Oak chair", "Solid.", "Furniture", 89.5f, "colour=natural"), (content.Title, content.Description, content.Categories.Single(), content.Price, content.Attributes.Single()));
        Assert.Equal([1_700_000_000_000, 1_700_000_000_000], Enumerable.Range(0, 2).Select(item => loaded.Items.Columns.AddedAt[item]));
        Assert.True(loaded.Items.Columns.AddedAt[2] > 1_700_000_000_000);
        Assert.Equal([("young", "Ash chair"), ("old", null)], changes.Items.Select(item => (item.ItemId, item.Content?.Title)));
        Assert.Equivalent(young.ToServed().Content, content);
        var bare = (await Store.Feed.LoadAsync(Ct)).Items;
        Assert.All(Enumerable.Range(0, 3), item => Assert.Null(bare.ContentOf(item)));
        Assert.True(bare.AnyToShow);
    }

    [Fact]
    public async Task LoadDataset_WithContent_SaysForHowLongAnItemIsConsumed()
    {
        await Store.Catalogue.PutItemAsync("milk", new ItemRecord { Title = "Milk", ConsumesForDays = 2.5 }, Ct);
        await Store.Catalogue.PutItemAsync("chair", new ItemRecord { Title = "Chair" }, Ct);
        await Store.AppendAsync(Store.Interaction("u", "milk"));
        await Store.AppendAsync(Store.Interaction("u", "chair"));

        var dataset = await Store.Interactions.LoadDatasetAsync(Ct, withContent: true);

        Assert.Equal([2.5, null], Enumerable.Range(0, 2).Select(item => dataset.ContentOf(item)!.ConsumesForDays));
        Assert.Null((await Store.Interactions.LoadDatasetAsync(Ct)).ContentOf(0));
    }

    [Fact]
    public async Task LoadDataset_WithContent_HasTheAttributesOfUsersWhoDidSomething()
    {
        await Store.Catalogue.PutUserAsync("anna", """{ "city": "Bonn", "age": 44, "member": true, "likes": ["tea", "jazz"], "none": null, "deep": { "a": 1 } }""", Ct);
        await Store.Catalogue.PutUserAsync("silent", """{ "city": "Bonn" }""", Ct);
        await Store.Catalogue.PutUserAsync("bare", null, Ct);
        await Store.AppendAsync(Store.Interaction("anna", "milk"));
        await Store.AppendAsync(Store.Interaction("bare", "milk"));

        var dataset = await Store.Interactions.LoadDatasetAsync(Ct, withContent: true);

        Assert.Equal(2, dataset.Users.Count);
        var content = dataset.ContentOfUser(0)!;
        Assert.Equal(["city=Bonn", "member=true", "likes=tea", "likes=jazz"], content.Attributes);
        Assert.Equal([new UserNumber("age", 44)], content.Numbers);
        Assert.Null(dataset.ContentOfUser(1));
        Assert.False((await Store.Interactions.LoadDatasetAsync(Ct)).HasUserContent);
    }

    [Fact]
    public async Task ReadSince_Nothing_GivesTheSameMarkerBack()
    {
        await Store.AppendAsync(Store.Interaction("u", "i"));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct);

        Assert.Empty(changes.Items);
        Assert.Empty(changes.Interactions);
        Assert.Null(changes.OldestChangeAt);
        Assert.False(await Store.Interactions.HasChangedSinceAsync(marker, Ct));
    }

    [Fact]
    public async Task ReadSince_EveryKindOfChange_GivesItOnce()
    {
        await Store.AppendAsync(Store.Interaction("erased", "old"), Store.Rating("u", "old", 1, at: 0));
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var first = Store.Clock.GetUtcNow();
        await Store.Catalogue.PutItemAsync("put", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("old", Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var erased = await Store.EraseUserAsync("erased", Ct);
        await Store.AppendAsync(Store.Interaction("v", "new", "click", at: 3), Store.Rating("u", "old", 4.5, at: 4));

        var changes = await Store.Feed.ReadSinceAsync(marker, 100, Ct);

        Assert.Equal(["new", "old", "put"], changes.Items.Select(item => item.ItemId).Order());
        Assert.True(changes.Items.Single(item => item.ItemId == "old").Item.Deleted);
        Assert.Equal([erased!.Value], changes.ErasedUserKeys);
        Assert.Equal([("v", "new", "click", 0f), ("u", "old", "rating", 4.5f)],
            changes.Interactions.Select(row => (row.UserId, row.ItemId, Store.Kinds[row.KindIndex].Name, row.Value)));
        Assert.Equal(first, changes.OldestChangeAt);
        Assert.Empty((await Store.Feed.ReadSinceAsync(changes.Marker, 100, Ct)).Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task ReadSince_SmallPages_GiveEverythingOnceAlsoWhatIsWrittenMeanwhile(int limit)
    {
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        await Store.AppendAsync([.. Enumerable.Range(0, 10).Select(n => Store.Interaction($"u{n}", $"i{n % 4}", id: $"a{n}")), .. Enumerable.Range(0, 8).Select(n => Store.Rating($"u{n % 3}", $"i{n}", 3))]);
        List<string> seen = [];
        HashSet<string> items = [];
        for (var round = 0; ; round++)
        {
            var page = await Store.Feed.ReadSinceAsync(marker, limit, Ct);
            Assert.True(page.Items.Count + page.Interactions.Count + page.ErasedUserKeys.Count <= limit);
            items.UnionWith(page.Items.Select(item => item.ItemId));
            seen.AddRange(page.Interactions.Select(row => $"{row.UserId} {row.ItemId} {row.KindIndex}"));
            if (round == 2)
                await Store.AppendAsync(Store.Interaction("late", "late"), Store.Rating("late", "late", 2));
            if (page.Marker == marker)
                break;
            marker = page.Marker;
        }

        Assert.Equal(9, items.Count);
        Assert.Equal(20, seen.Count);
        Assert.Equal(20, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1:2:3:4")]
    [InlineData("1~")]
    public async Task ReadSince_ForeignMarker_Throws(string marker)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Feed.ReadSinceAsync(marker, 10, Ct));
        Assert.True(await Store.Interactions.HasChangedSinceAsync(marker, Ct));
    }

    [Fact]
    public async Task ReadSince_MarkerOfTheStoreBeforeItWasRestored_ThrowsAndCountsAsChanged()
    {
        var ahead = Provider == StorageProvider.Sqlite ? "9000000000" : "9000000000:9000000000:";

        await Assert.ThrowsAsync<ArgumentException>(() => Store.Feed.ReadSinceAsync(ahead, 10, Ct));
        Assert.True(await Store.Interactions.HasChangedSinceAsync(ahead, Ct));
    }

    [Fact]
    public async Task HasChangedSince_InteractionRatingOrErasure_IsTrueAndOtherwiseFalse()
    {
        await Store.AppendAsync(Store.Rating("u", "i", 3, at: 0), Store.Interaction("v", "i"));
        Assert.True(await ChangesAsync(() => Store.AppendAsync(Store.Interaction("u", "i"))));
        Assert.True(await ChangesAsync(() => Store.AppendAsync(Store.Rating("u", "i", 4, at: 1))));
        Assert.True(await ChangesAsync(() => Store.EraseUserAsync("v", Ct)));
        Assert.False(await ChangesAsync(() => Store.AppendAsync(Store.Rating("u", "i", 1, at: 0))));
        Assert.False(await ChangesAsync(() => Store.Catalogue.PutItemAsync("j", new ItemRecord(), Ct)));

        async Task<bool> ChangesAsync(Func<Task> act)
        {
            var watermark = (await Store.Interactions.LoadDatasetAsync(Ct)).Watermark;
            await act();
            return await Store.Interactions.HasChangedSinceAsync(watermark, Ct);
        }
    }

    [Fact]
    public async Task ReadSince_ManyWritersAtOnce_LosesNothing()
    {
        var replicas = Enumerable.Range(0, 3).Select(_ => Store.Replica()).ToArray();
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        var writers = Task.WhenAll(replicas.Select((replica, position) => Task.Run(async () =>
        {
            for (var n = 0; n < 25; n++)
                await replica.AppendAsync(Store.Interaction($"u{n}", $"i{n}", id: $"{position}-{n}"), Store.Rating($"u{position}", $"i{n}", 3));
        }, Ct)));

        var seen = 0;
        for (var last = false; ;)
        {
            var done = writers.IsCompleted;
            var page = await Store.Feed.ReadSinceAsync(marker, 20, Ct);
            seen += page.Interactions.Count;
            last = done && page.Marker == marker;
            marker = page.Marker;
            if (last)
                break;
        }

        await writers;
        Assert.Equal(150, seen);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}

public sealed class SqliteServingFeedTests() : ServingFeedContract(StorageProvider.Sqlite)
{
    [Fact]
    public async Task ReadSince_WhileATransactionIsOpen_SeesItAfterItsCommit()
    {
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        await Store.Inner.WriteAsync(async context =>
        {
            await Store.Inner.Provider.ResolveItemsAsync(context, ["open"], 0, Ct);
            var during = await Store.Feed.ReadSinceAsync(marker, 10, Ct);
            Assert.Empty(during.Items);
            marker = during.Marker;
        }, Ct);

        Assert.Equal("open", Assert.Single((await Store.Feed.ReadSinceAsync(marker, 10, Ct)).Items).ItemId);
    }
}

public sealed class PostgresServingFeedTests() : ServingFeedContract(StorageProvider.Postgres)
{
    [Fact]
    public async Task ReadSince_BegunFirstCommittedLast_IsNotLost()
    {
        var loaded = await Store.Feed.LoadAsync(Ct);
        var watermark = "";
        var marker = loaded.Marker;
        await Store.Inner.WriteAsync(async context =>
        {
            // Begun first: it has its transaction id before the others.
            await Store.Inner.Provider.ResolveItemsAsync(context, ["first"], 0, Ct);
            await Store.AppendAsync(Store.Interaction("u", "second"));

            var during = await Store.Feed.ReadSinceAsync(marker, 10, Ct);
            Assert.Equal(["second"], during.Items.Select(item => item.ItemId));
            Assert.Single(during.Interactions);
            marker = during.Marker;
            watermark = (await Store.Interactions.LoadDatasetAsync(Ct)).Watermark;
            await context.ExecuteAsync("INSERT INTO ratings (user_key, item_key, value, occurred_at, received_at) SELECT u.key, i.key, 3, 0, 0 FROM users u, items i WHERE i.id = 'first'", Ct);
            Assert.Empty((await Store.Feed.ReadSinceAsync(marker, 10, Ct)).Items);
        }, Ct);

        Assert.True(await Store.Interactions.HasChangedSinceAsync(watermark, Ct));
        var after = await Store.Feed.ReadSinceAsync(marker, 10, Ct);
        Assert.Equal(["first"], after.Items.Select(item => item.ItemId));
        Assert.Equal("first", Assert.Single(after.Interactions).ItemId);
        Assert.Empty((await Store.Feed.ReadSinceAsync(after.Marker, 10, Ct)).Interactions);
    }

    [Fact]
    public async Task ReadSinceAndHasChanged_AfterMuchHistory_ReadOnlyTheEndOfTheIndex()
    {
        const int History = 20_000;
        await using (var writer = Store.Replica())
        {
            await writer.AppendAsync(writer.Interaction("u", "i"));
            await writer.Inner.WriteAsync(context => context.ExecuteAsync(
                """
                INSERT INTO interactions (id, user_key, item_key, kind, occurred_at, received_at, fingerprint)
                SELECT 'old-' || n, user_key, item_key, kind, 0, 0, 0 FROM interactions, generate_series(1, @count) n
                """, Ct, ("count", History)), Ct);
            await WaitUntilNothingOlderIsUnderWayAsync(writer);
        }

        // One connection, so that what was counted in it is told in it.
        await using var reader = Store.At(Store.Settings.ConnectionString + ";Maximum Pool Size=1");
        var dataset = await reader.Interactions.LoadDatasetAsync(Ct);
        var marker = (await reader.Feed.LoadAsync(Ct)).Marker;
        var before = await ChangeIndexBlocksAsync(reader, atLeast: History);

        // More often than it takes until a statement is prepared, and planned for whatever may come.
        const int Reads = 30;
        for (var read = 0; read < Reads; read++)
        {
            await reader.AppendAsync(reader.Interaction("u", "i", id: $"new-{read}"));
            var changes = await reader.Feed.ReadSinceAsync(marker, 10, Ct);
            Assert.Single(changes.Interactions);
            Assert.True(await reader.Interactions.HasChangedSinceAsync(dataset.Watermark, Ct));
            marker = changes.Marker;
        }

        // A root, a leaf and what the write itself looks up, of the 80 blocks there are.
        Assert.InRange(await ChangeIndexBlocksAsync(reader, atLeast: before + 1) - before, Reads, 12 * Reads);
    }

    /// <summary>A write of another test that began earlier may still commit on this server, and until then every reading goes back to it.</summary>
    private static async Task WaitUntilNothingOlderIsUnderWayAsync(TestStore writer)
    {
        var last = await writer.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT max(change) FROM interactions", Ct), Ct);
        for (var started = Stopwatch.GetTimestamp(); await writer.Inner.ReadSnapshotAsync(
            context => context.CountAsync("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Ct), Ct) <= last;)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2), "A transaction on the server does not end.");
        }
    }

    /// <summary>How often a block of the index of changes was asked for, once all that has been done is counted.</summary>
    private static async Task<long> ChangeIndexBlocksAsync(TestStore reader, long atLeast)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            await reader.Inner.ReadSnapshotAsync(context => context.ExecuteAsync("SELECT pg_stat_force_next_flush()", Ct), Ct);
            var blocks = await reader.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT idx_blks_hit + idx_blks_read FROM pg_statio_user_indexes WHERE indexrelname = 'interactions_change'", Ct), Ct);
            if (blocks >= atLeast || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(20))
                return blocks;
        }
    }

    [Fact]
    public async Task Migrate_RowsRestoredFromAnotherCluster_DoNotCountAsChanges()
    {
        await Store.AppendAsync(Store.Interaction("u", "i"));
        await Store.Inner.WriteAsync(context => context.ExecuteAsync("UPDATE interactions SET change = 9000000000", Ct), Ct);

        await Store.Database.MigrateAsync(Ct);

        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        await Store.Catalogue.PutItemAsync("j", new ItemRecord(), Ct);
        Assert.Empty((await Store.Feed.ReadSinceAsync(marker, 10, Ct)).Interactions);
    }
}
