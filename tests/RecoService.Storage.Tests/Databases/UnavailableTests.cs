namespace RecoService.Storage.Tests.Databases;

public sealed class UnavailableTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_StoppedAndStartedAgain_ThrowsUnavailableAndRecovers()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var store = await TestStore.CreateOnAsync(server);
        await store.AppendAsync(store.Interaction("u", "i", id: "kept"));
        await using var stage = await store.Import.StageInteractionsAsync(Ct);
        await stage.AddAsync(1, store.Interaction("half", "half"), Ct);

        await server.StopServerAsync("immediate");

        foreach (var act in Calls(store))
            Assert.Equal(TimeSpan.FromSeconds(2), (await Assert.ThrowsAsync<StorageUnavailableException>(act)).RetryAfter);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => stage.CommitAsync("file", ImportRules.Default, Ct));
        await stage.DisposeAsync();
        Assert.False(await store.Database.IsReachableAsync(Ct));

        await server.StartServerAsync();
        Assert.True(await store.Database.IsReachableAsync(Ct));
        Assert.Equal(1, (await store.AppendAsync(store.Interaction("u", "i", id: "kept"))).Duplicates);
        Assert.Equal(new StoreCounts(1, 1, 1, 0), await store.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Postgres_RowHeldByAnother_ThrowsUnavailableAfterTheWriteTimeout()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Postgres);
        await store.AppendAsync(store.Rating("u", "i", 3, at: 0));
        await using var impatient = store.Replica(writeTimeout: TimeSpan.FromMilliseconds(300));

        await store.Inner.WriteAsync(async context =>
        {
            await context.ExecuteAsync("UPDATE ratings SET value = 1", Ct);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => impatient.AppendAsync(store.Rating("u", "i", 5, at: 1)));
        }, Ct);

        Assert.Equal(1, (await impatient.AppendAsync(store.Rating("u", "i", 5, at: 1))).Accepted);
    }

    [Fact]
    public async Task Sqlite_WriterBusy_ThrowsUnavailableAfterTheWriteTimeout()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Sqlite);
        await using var impatient = store.Replica(writeTimeout: TimeSpan.FromMilliseconds(200));
        await impatient.Interactions.LoadDatasetAsync(Ct);

        await store.Inner.WriteAsync(async _ =>
        {
            // Another process's write, then this process's own.
            await Assert.ThrowsAsync<StorageUnavailableException>(() => impatient.AppendAsync(store.Interaction("u", "i")));
            Assert.Empty((await impatient.Feed.LoadAsync(Ct)).Users);
        }, Ct);
        await impatient.Inner.WriteAsync(async _ =>
            await Assert.ThrowsAsync<StorageUnavailableException>(() => impatient.AppendAsync(store.Interaction("u", "i"))), Ct, Timeout.InfiniteTimeSpan);

        Assert.Equal(1, (await impatient.AppendAsync(store.Interaction("u", "i"))).Accepted);
    }

    [Fact]
    public async Task Sqlite_FileFull_ThrowsUnavailableAndStoresNothing()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Sqlite);
        await store.AppendAsync(store.Interaction("u", "i"));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.Inner.WriteAsync(async context =>
        {
            await context.ExecuteAsync("PRAGMA max_page_count = 1", Ct);
            await context.ExecuteAsync("INSERT INTO model_chunks (version, part, content) VALUES (1, 1, zeroblob(10000000))", Ct);
        }, Ct));

        Assert.Single(await store.ListAsync("u"));
    }

    [Fact]
    public async Task Sqlite_FileUnreachable_ThrowsUnavailable()
    {
        await using var store = await TestStore.CreateEmptyAsync(StorageProvider.Sqlite);
        await using var elsewhere = store.At("Data Source=/proc/nowhere/reco.db");

        await Assert.ThrowsAsync<StorageUnavailableException>(() => elsewhere.Interactions.LoadDatasetAsync(Ct));
        var fault = await Assert.ThrowsAsync<StorageConfigurationException>(() => elsewhere.Database.MigrateAsync(Ct));
        Assert.Contains("'/proc/nowhere/reco.db'", fault.Message, StringComparison.Ordinal);
        Assert.False(await elsewhere.Database.IsReachableAsync(Ct));
    }

    [Fact]
    public async Task Append_CancelledByTheCaller_IsCancelledNotUnavailable()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Sqlite);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Interactions.AppendAsync([store.Interaction("u", "i")], cancelled.Token));
    }

    private static IEnumerable<Func<Task>> Calls(TestStore store) =>
    [
        () => store.AppendAsync(store.Interaction("v", "i")),
        () => store.Interactions.ListAsync("u", null, 10, Ct),
        () => store.Interactions.LoadDatasetAsync(Ct),
        () => store.Interactions.HasChangedSinceAsync("1:1:", Ct),
        () => store.Feed.LoadAsync(Ct),
        () => store.Feed.ReadSinceAsync("1:1:", 10, Ct),
        () => store.Catalogue.GetItemAsync("i", Ct),
        () => store.Catalogue.PutItemAsync("i", new ItemRecord(), Ct),
        () => store.EraseUserAsync("u", Ct),
        () => store.Runs.TryStartAsync("h", "manual", false, TimeSpan.FromSeconds(1), Ct),
        () => store.Runs.GetRunningAsync(Ct),
        () => store.Models.OpenAsync(1, Ct),
        () => store.Publications.GetCurrentAsync(Ct),
        () => store.Impressions.GetAsync(Guid.Empty, Ct),
        () => store.Database.CountAsync(Ct),
        () => store.Database.MigrateAsync(Ct),
        () => store.Import.StageItemsAsync(Ct),
    ];
}
