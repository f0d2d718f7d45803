using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace RecoService.Storage.Tests.Databases;

public abstract class MigrationContract(StorageProvider provider)
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrate_SeveralReplicasAtOnce_AllSucceed()
    {
        await using var store = await TestStore.CreateEmptyAsync(provider);
        var replicas = Enumerable.Range(0, 4).Select(_ => store.Replica()).ToArray();

        await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.Database.MigrateAsync(Ct), Ct)));

        Assert.Equal(1, (await replicas[3].AppendAsync(store.Interaction("u", "i"))).Accepted);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task Migrate_Again_KeepsEverything()
    {
        await using var store = await TestStore.CreateAsync(provider);
        await store.AppendAsync(store.Interaction("u", "i"));

        await store.Database.MigrateAsync(Ct);

        Assert.Single(await store.ListAsync("u"));
    }

    [Fact]
    public async Task Migrate_StoppedInTheMiddle_LeavesNothingHalfAndGoesThroughNextTime()
    {
        await using var store = await TestStore.CreateEmptyAsync(provider);
        await using var other = store.Replica();
        CreateFile(store);
        await store.Inner.GuardAsync(async () =>
        {
            await using var context = store.Inner.Provider.CreateContext();
            await context.Database.OpenConnectionAsync(Ct);
            // The last table of the migration is in its way, so it fails at its end.
            await context.ExecuteAsync("CREATE TABLE publications (x int)", Ct);
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => other.Database.MigrateAsync(Ct));
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => context.ExecuteAsync("SELECT * FROM users", Ct));
            await context.ExecuteAsync("DROP TABLE publications", Ct);
        });

        await store.Database.MigrateAsync(Ct);

        Assert.Equal(1, (await store.AppendAsync(store.Interaction("u", "i"))).Accepted);
    }

    [Fact]
    public async Task Migrate_StoreOfTheFirstSchema_KeepsItsRowsAndCanTakeThemBack()
    {
        await using var store = await FirstSchemaAsync();

        await store.Database.MigrateAsync(Ct);

        Assert.Equal(["purchase", "rating", "view"], (await store.ListAsync("u")).Select(row => row.Kind).Order());
        Assert.Equal(1, (await store.Corrections.DeleteOrderAsync("o", Ct))!.Count);
        Assert.Equal(1, (await store.Corrections.DeleteRatingAsync("u", "i", Ct))!.Count);
        Assert.Equal(["view"], (await store.ListAsync("u")).Select(row => row.Kind));
    }

    /// <summary>Every column that the first schema had reads as it was written, and what is sent again is known to be the same.</summary>
    [Fact]
    public async Task Migrate_StoreOfTheFirstSchema_ReadsEveryColumnAndKnowsARetry()
    {
        await using var store = await FirstSchemaAsync();

        await store.Database.MigrateAsync(Ct);

        var list = Guid.Parse("0199aaaa-1111-7222-8333-444455556666");
        var rows = await store.ListAsync("u");
        Assert.Equal(
            new StoredInteraction("a", "u", "i", "purchase", 1.5, Time(3000), Time(3001), "s", "o", 2, 19.90m, list), Assert.Single(rows, row => row.Kind == "purchase"));
        Assert.Equal(
            new StoredInteraction(null, "u", "i", "rating", 4.5, Time(2000), Time(2001), "s", "o", 1, 0.01m, list), Assert.Single(rows, row => row.Kind == "rating"));
        Assert.Equal(
            new StoredInteraction("b", "u", "j", "view", null, Time(1000), Time(1001), null, null, null, null, null), Assert.Single(rows, row => row.Kind == "view"));
        Assert.Equal(3, (await store.Interactions.LoadDatasetAsync(Ct)).Count);

        var purchase = store.Interaction("u", "i", "purchase", "a") with
        {
            Value = 1.5,
            OccurredAt = Time(3000),
            SessionId = "s",
            OrderId = "o",
            Quantity = 2,
            UnitPrice = 19.90m,
            RecommendationId = list,
        };
        Assert.Equal(AppendStatus.Duplicate, Assert.Single((await store.AppendAsync(purchase)).Interactions).Status);
        await Assert.ThrowsAsync<InteractionConflictException>(() => store.AppendAsync(purchase with { Quantity = 3 }));
        Assert.Equal(1, (await store.AppendAsync(store.Interaction("u", "j", id: "c"))).Accepted);
        var record = Assert.Single((await store.Catalogue.ListItemsAsync(null, 10, Ct)).Items, item => item.ItemId == "i").Record;
        Assert.Equal((2m, (decimal?)null), (record.Price, record.SalePrice));
        Assert.Equal(1.5m, (await store.Catalogue.PatchItemAsync("i", before => before with { SalePrice = 1.5m }, Ct))!.Record.SalePrice);
        Assert.Equal(1, (await store.Rules.AppendAsync("rule", "{}", null, Ct)).Revision);
    }

    /// <summary>A store as the first build left it, with every column of its rows filled. The fingerprint is that of the first build.</summary>
    private async Task<TestStore> FirstSchemaAsync()
    {
        var store = await TestStore.CreateEmptyAsync(provider);
        CreateFile(store);
        var list = provider == StorageProvider.Sqlite ? "'0199AAAA-1111-7222-8333-444455556666'" : "'0199aaaa-1111-7222-8333-444455556666'";
        await store.Inner.ReadAsync(
            async context =>
            {
                await context.GetService<IMigrator>().MigrateAsync("20261101000000_Initial", Ct);
                await context.Database.OpenConnectionAsync(Ct);
                return await context.ExecuteAsync(
                    $"""
                    INSERT INTO kinds (key, name) VALUES (1, 'purchase'), (2, 'rating'), (3, 'view');
                    INSERT INTO users (key, id, attributes_json, created_at, updated_at) VALUES (7, 'u', NULL, 0, 0);
                    INSERT INTO items (key, id, listed, title, price, created_at, updated_at, change) VALUES (5, 'i', true, 'Mug', '2', 0, 0, 0), (6, 'j', false, NULL, NULL, 0, 0, 0);
                    INSERT INTO interactions (id, user_key, item_key, kind, value, occurred_at, received_at, session_id, order_id, quantity, unit_price, recommendation_id, fingerprint, change)
                    VALUES ('a', 7, 5, 1, 1.5, 3000, 3001, 's', 'o', 2, '19.90', {list}, {FirstFingerprint}, 0),
                        ('b', 7, 6, 3, NULL, 1000, 1001, NULL, NULL, NULL, NULL, NULL, 1, 0);
                    INSERT INTO ratings (user_key, item_key, value, occurred_at, received_at, session_id, order_id, quantity, unit_price, recommendation_id, change)
                    VALUES (7, 5, 4.5, 2000, 2001, 's', 'o', 1, '0.01', {list}, 0);
                    """,
                    Ct);
            },
            Ct);
        return store;
    }

    private const long FirstFingerprint = 2545042447938524450;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static void CreateFile(TestStore store)
    {
        if (store.Settings.Provider != StorageProvider.Sqlite)
            return;
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(store.Settings.ConnectionString).DataSource;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Create(file).Dispose();
    }

    [Fact]
    public async Task Migrate_SchemaOfANewerBuild_LeavesItAndWritesNothing()
    {
        await using var store = await TestStore.CreateAsync(provider);
        await store.AppendAsync(store.Interaction("u", "i", id: "before"));
        await store.Inner.WriteAsync(context => context.ExecuteAsync(
            """INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('20991231000000_Future', '99')""", Ct), Ct);
        await using var older = store.Replica();

        await older.Database.MigrateAsync(Ct);

        Assert.Single(await older.ListAsync("u"));
        Assert.Single((await older.Feed.LoadAsync(Ct)).Users);
        await using var stage = await older.Import.StageItemsAsync(Ct);
        foreach (var write in new Func<Task>[]
        {
            () => older.AppendAsync(store.Interaction("u", "i")),
            () => older.Catalogue.PutItemAsync("i", new ItemRecord(), Ct),
            () => older.EraseUserAsync("u", Ct),
            () => older.Runs.TryStartAsync("h", "manual", false, TimeSpan.FromSeconds(1), Ct),
            () => stage.CommitAsync("file", ImportRules.Default, Ct),
            () => older.Database.ProbeAsync(Ct),
        })
            Assert.Contains("20991231000000_Future", (await Assert.ThrowsAsync<StorageUnavailableException>(write)).Message, StringComparison.Ordinal);
        Assert.Equal(new StoreCounts(1, 1, 1, 0), await older.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Probe_SchemaChangedWhileItRuns_StopsTheWritesUntilItIsTakenBack()
    {
        await using var store = await TestStore.CreateAsync(provider);
        await using var newer = store.Replica();
        await newer.Database.MigrateAsync(Ct);
        await newer.Inner.WriteAsync(context => context.ExecuteAsync(
            """INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('20991231000000_Future', '99')""", Ct), Ct);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Database.ProbeAsync(Ct));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.AppendAsync(store.Interaction("u", "i")));
        await newer.Inner.WriteAsync(context => context.ExecuteAsync("""DELETE FROM "__EFMigrationsHistory" WHERE "ProductVersion" = '99'""", Ct), Ct);
        await store.Database.ProbeAsync(Ct);

        Assert.Equal(1, (await store.AppendAsync(store.Interaction("u", "i"))).Accepted);
    }

    [Fact]
    public async Task Migrate_OtherOrderOfKinds_KeepsWhatWasStored()
    {
        await using var store = await TestStore.CreateAsync(provider);
        await store.AppendAsync(store.Interaction("u", "i", "purchase", at: 0));
        await using var replica = store.Replica(new RecoService.Engine.Data.InteractionKinds([new("new", 1, false), new("purchase", 2, true), new("rating", 1, false)]));
        await replica.Database.MigrateAsync(Ct);
        await replica.AppendAsync(replica.Interaction("u", "j", "new", at: 1));

        Assert.Equal(["new", "purchase"], (await store.ListAsync("u")).Select(row => row.Kind));
        Assert.Equal(2, (await replica.Feed.LoadAsync(Ct)).Histories.Count);
    }
}

public sealed class SqliteMigrationTests() : MigrationContract(StorageProvider.Sqlite)
{
    [Fact]
    public async Task Migrate_LockRowLeftByAKilledProcess_DoesNotHang()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Sqlite);
        await store.Inner.WriteAsync(context => context.ExecuteAsync(
            """INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, '2026-01-01')""", Ct), Ct);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));

        await store.Database.MigrateAsync(deadline.Token);

        Assert.True(await store.Database.IsReachableAsync(Ct));
    }

    [Fact]
    public async Task Migrate_NewFile_IsWriteAheadLoggedAndFullySynchronous()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Sqlite);

        Assert.Equal(2, await store.Inner.ReadSnapshotAsync(context => context.CountAsync("PRAGMA synchronous", Ct), Ct));
        Assert.Equal(1, await store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", Ct), Ct));
    }
}

public sealed class PostgresMigrationTests() : MigrationContract(StorageProvider.Postgres);
