using Npgsql;

namespace RecoService.Storage.Tests.Faults;

/// <summary>The connection ends in the moment of the commit, for every sort of write.</summary>
public sealed class LostCommitTests(LostCommitTests.OwnServer own) : IClassFixture<LostCommitTests.OwnServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes => [.. Cases.Keys];

    /// <summary>The write, and what then stands in the store exactly once.</summary>
    private static readonly Dictionary<string, (Func<TestStore, Task> Write, string Count)> Cases = new()
    {
        ["interaction"] = (store => store.AppendAsync(store.Interaction("u", "i", "purchase")), "SELECT count(*) FROM interactions"),
        ["rating"] = (store => store.AppendAsync(store.Rating("u", "i", 3)), "SELECT count(*) FROM ratings"),
        ["PUT item"] = (store => store.Catalogue.PutItemAsync("i", new ItemRecord { Title = "t" }, Ct), "SELECT count(*) FROM items WHERE listed"),
        ["PATCH item"] = (store => store.Catalogue.PatchItemAsync("old", record => record with { Title = "changed" }, Ct), "SELECT count(*) FROM items WHERE title = 'changed'"),
        ["DELETE item"] = (store => store.Catalogue.DeleteItemAsync("old", Ct), "SELECT count(*) FROM items WHERE deleted_at IS NOT NULL"),
        ["PUT user"] = (store => store.Catalogue.PutUserAsync("u", "{}", Ct), "SELECT count(*) FROM users WHERE id = 'u'"),
        ["PATCH user"] = (store => store.Catalogue.PatchUserAsync("old", _ => "{\"a\":1}", Ct), "SELECT count(*) FROM users WHERE attributes_json IS NOT NULL"),
        ["DELETE user"] = (store => store.EraseUserAsync("old", Ct), "SELECT count(*) FROM tombstones"),
        ["publication"] = (store => store.Publications.AppendAsync(1, [1], true, "p", null, Ct), "SELECT count(*) FROM publications"),
        ["publication of a run"] = (store => store.Publications.AppendOfRunAsync(new ModelRun { Id = 1 }, "old", _ => [1], null, Ct), "SELECT count(*) FROM publications"),
        ["run"] = (store => store.Runs.TryStartAsync("h", "manual", false, TimeSpan.FromMinutes(1), Ct), "SELECT count(*) FROM model_runs WHERE holder = 'h'"),
        ["model"] = (store => store.Models.SaveAsync(new NewModel(null, "t", "{}", 1, "w", null, null), to => to.Write(new byte[2_000_000]), Ct), "SELECT count(*) FROM models"),
        ["impression"] = (store => store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(store.Clock.GetUtcNow()), "u", "p", null, 1, "c", store.Clock.GetUtcNow(), ["i"])], Ct), "SELECT count(*) FROM impressions"),
        ["import of interactions"] = (store => ImportAsync(store, store.Import.StageInteractionsAsync(Ct), store.Interaction("u", "i", "purchase")), "SELECT count(*) FROM interactions"),
        ["import of ratings"] = (store => ImportAsync(store, store.Import.StageInteractionsAsync(Ct), store.Rating("u", "i", 3)), "SELECT count(*) FROM ratings"),
        ["import of items"] = (store => ImportAsync(store, store.Import.StageItemsAsync(Ct), new ImportedItem("i", new ItemRecord())), "SELECT count(*) FROM items WHERE listed"),
        ["import of users"] = (store => ImportAsync(store, store.Import.StageUsersAsync(Ct), new ImportedUser("u", null)), "SELECT count(*) FROM users WHERE id = 'u'"),
    };

    private static async Task ImportAsync<T>(TestStore store, Task<ImportStage<T>> opening, T row)
    {
        Assert.NotNull(store);
        await using var stage = await opening;
        await stage.AddAsync(1, row, Ct);
        Assert.Equal(1, (await stage.CommitAsync("file", ImportRules.Default, Ct)).Accepted);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Commit_AnswerLost_IsLookedUpAndSucceeds(string name)
    {
        await using var link = await ProxiedStore.CreateAsync(await own.GetAsync());
        var (write, count) = Cases[name];

        foreach (var cut in new[] { Cut.BeforeTheServer, Cut.BeforeTheAnswer })
        {
            link.Proxy.CutOnceAt(ByteProxy.Commit, cut);
            if (cut == Cut.BeforeTheServer)
                Assert.False((await Assert.ThrowsAsync<StorageUnavailableException>(() => write(link.Store))).OutcomeIsUnknown);
            else
                await write(link.Store);
            Assert.Equal(cut == Cut.BeforeTheServer ? 0 : 1, await link.CountAsync(count));
        }

        Assert.Equal(2, link.Proxy.Cuts);
    }

    [Theory]
    [InlineData(Cut.BeforeTheServer, 0)]
    [InlineData(Cut.BeforeTheAnswer, 1)]
    [InlineData(Cut.Silence, 1)]
    public async Task Commit_AnswerLostAndNobodyToAsk_IsUnknownAndARetryWithTheIdsStoresOnce(Cut cut, int stored)
    {
        await using var link = await ProxiedStore.CreateAsync(await own.GetAsync());
        NewInteraction[] batch = [link.Store.Interaction("u", "i", "purchase"), link.Store.Rating("u", "i", 4, at: 1), link.Store.Interaction("u", "i", "view", id: "mine")];
        link.Proxy.CutOnceAt(ByteProxy.Commit, cut, then: () =>
        {
            link.Proxy.Refuses = true;
            return Task.CompletedTask;
        });

        var lost = await Assert.ThrowsAsync<StorageUnavailableException>(() => link.Store.AppendAsync(batch));

        Assert.True(lost.OutcomeIsUnknown);
        Assert.Equal([null, "mine"], lost.Ids!.Skip(1));
        link.Proxy.Refuses = false;
        Assert.Equal(stored, await link.CountAsync("SELECT count(*) FROM interactions WHERE id = 'mine'"));
        var retry = await link.Store.AppendAsync([.. batch.Zip(lost.Ids!, (one, id) => one with { Id = id })]);
        Assert.Equal((3 - (3 * stored), 3 * stored), (retry.Accepted, retry.Duplicates));
        Assert.Equal((2, 1), (await link.CountAsync("SELECT count(*) FROM interactions"), await link.CountAsync("SELECT count(*) FROM ratings")));
    }

    [Fact]
    public async Task Commit_ServerKilledInTheMoment_AcknowledgesNothingThatIsLost()
    {
        await using var link = await ProxiedStore.CreateAsync(await own.GetAsync());
        for (var round = 0; round < 4; round++)
        {
            var purchase = link.Store.Interaction("u", "i", "purchase") with { OrderId = $"order-{round}" };
            link.Proxy.CutOnceAt(ByteProxy.Commit, round % 2 == 0 ? Cut.BeforeTheAnswer : Cut.BeforeTheServer, then: async () =>
            {
                await link.Server.KillServerAsync();
                await link.Server.StartServerAsync();
            });

            var answer = await link.StoreAsToldAsync(purchase);

            Assert.Equal(1, answer.Accepted + answer.Duplicates);
            Assert.Equal(1, await link.CountAsync($"SELECT count(*) FROM interactions WHERE order_id = 'order-{round}'"));
        }
    }

    [Fact]
    public async Task Commit_Cancelled_IsNotUndoneOnceItHasBegun()
    {
        await using var link = await ProxiedStore.CreateAsync(await own.GetAsync());
        using var cancel = new CancellationTokenSource();
        link.Proxy.CutOnceAt(ByteProxy.Commit, Cut.BeforeTheAnswer, then: cancel.CancelAsync);

        var result = await link.Store.Interactions.AppendAsync([link.Store.Interaction("u", "i")], cancel.Token);

        Assert.Equal((1, 1), (result.Accepted, await link.CountAsync("SELECT count(*) FROM interactions")));
    }

    /// <summary>A server that the tests may kill, for all of them.</summary>
    public sealed class OwnServer : IAsyncLifetime
    {
        private PostgresServer? server;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async Task<PostgresServer> GetAsync() => server ??= await SharedPostgres.StartOwnAsync();

        public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>A store reached through a proxy; the old item, user and run stand in it.</summary>
    private sealed class ProxiedStore(PostgresServer server, ByteProxy proxy, TestStore direct, TestStore store) : IAsyncDisposable
    {
        public PostgresServer Server => server;

        public ByteProxy Proxy => proxy;

        public TestStore Store => store;

        public static async Task<ProxiedStore> CreateAsync(PostgresServer server)
        {
            var direct = await TestStore.CreateOnAsync(server);
            await direct.Catalogue.PutItemAsync("old", new ItemRecord(), Ct);
            await direct.Catalogue.PutUserAsync("old", null, Ct);
            await direct.ExecuteAsync("UPDATE items SET listed = false");
            // A run whose lease has run out: it is its own until another one takes it.
            Assert.Equal(1, (await direct.Runs.TryStartAsync("old", "manual", force: false, TimeSpan.FromMinutes(1), Ct))!.Id);
            await direct.ExecuteAsync("UPDATE leases SET expires_at = 1 WHERE name = 'retrain'");
            var proxy = ByteProxy.To(server.Port);
            var store = direct.At(new NpgsqlConnectionStringBuilder(direct.Settings.ConnectionString) { Port = proxy.Port }.ToString());
            // The kinds are read once.
            await store.AppendAsync(store.Interaction("warm", "warm", id: "warm"));
            await direct.ExecuteAsync("DELETE FROM interactions");
            return new ProxiedStore(server, proxy, direct, store);
        }

        public Task<long> CountAsync(string sql) => direct.CountAsync(sql);

        /// <summary>As a client does who believes what he is told.</summary>
        public async Task<AppendResult> StoreAsToldAsync(NewInteraction interaction)
        {
            while (true)
            {
                try
                {
                    return await store.AppendAsync(interaction);
                }
                catch (StorageUnavailableException e)
                {
                    interaction = e.OutcomeIsUnknown ? interaction with { Id = e.Ids![0] } : interaction;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await proxy.DisposeAsync();
            await direct.DisposeAsync();
        }
    }
}
