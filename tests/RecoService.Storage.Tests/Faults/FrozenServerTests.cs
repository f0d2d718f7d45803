using System.Diagnostics;

namespace RecoService.Storage.Tests.Faults;

/// <summary>A server that has stopped in its tracks: connections stay open, and nobody answers.</summary>
public sealed class FrozenServerTests
{
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_ServerFrozen_IsGivenUpWithinItsDeadlineAndIsNotCommittedLater()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var store = await TestStore.CreateOnAsync(server);
        await using var impatient = store.Replica(writeTimeout: WriteTimeout);
        await impatient.AppendAsync(impatient.Interaction("u", "i", id: "before"));
        (string Name, Func<Task> Call)[] calls =
        [
            ("append", () => impatient.AppendAsync(impatient.Interaction("frozen", "frozen", id: "frozen"))),
            ("rating", () => impatient.AppendAsync(impatient.Rating("frozen", "frozen", 3))),
            ("item", () => impatient.Catalogue.PutItemAsync("frozen", new ItemRecord(), Ct)),
            ("user", () => impatient.Catalogue.PutUserAsync("frozen", null, Ct)),
            ("run", () => impatient.Runs.TryStartAsync("h", "manual", false, WriteTimeout, Ct)),
            ("publication", () => impatient.Publications.AppendAsync(1, [1], false, "p", null, Ct)),
            ("import", async () => await (await impatient.Import.StageItemsAsync(Ct)).DisposeAsync()),
            ("read", () => impatient.Catalogue.GetItemAsync("i", Ct)),
        ];

        await server.FreezeAsync();
        foreach (var (name, call) in calls)
        {
            var started = Stopwatch.GetTimestamp();
            var refused = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.False(refused.OutcomeIsUnknown, name);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, 5 * WriteTimeout);
        }

        await server.ThawAsync();

        // What was refused is not there, though the server may have carried out its statements by now.
        Assert.Equal(1, (await store.AppendAsync(store.Interaction("u", "i", id: "after"))).Accepted);
        Assert.Equal(0, await store.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND state_change < now() - interval '1 minute'"));
        Assert.Equal(0, await store.CountAsync(
            "SELECT (SELECT count(*) FROM interactions WHERE id = 'frozen') + (SELECT count(*) FROM ratings) + (SELECT count(*) FROM users WHERE id = 'frozen') + (SELECT count(*) FROM items WHERE id = 'frozen') + (SELECT count(*) FROM model_runs) + (SELECT count(*) FROM publications)"));
    }

    [Fact]
    public async Task Write_CancelledWhileTheServerIsFrozen_IsNoFailureOfTheDriver()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var store = await TestStore.CreateOnAsync(server);
        await using var impatient = store.Replica(writeTimeout: WriteTimeout);
        await impatient.Runs.TryStartAsync("h", "manual", false, WriteTimeout, Ct);
        using var cancel = new CancellationTokenSource();

        await server.FreezeAsync();
        var beat = impatient.Runs.HeartbeatAsync(1, "h", "training", 0.5, WriteTimeout, cancel.Token);
        // It may block: the driver asks the server to cancel.
        var cancelling = Task.Run(cancel.Cancel, Ct);
        var exception = await Record.ExceptionAsync(() => beat);
        await server.ThawAsync();
        await cancelling;

        Assert.True(exception is StorageUnavailableException or OperationCanceledException, exception?.ToString());
    }

    [Fact]
    public async Task Commit_ServerFrozenInTheMoment_IsUnknown()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var store = await TestStore.CreateOnAsync(server);
        await using var proxy = ByteProxy.To(server.Port);
        await using var behind = store.At(new Npgsql.NpgsqlConnectionStringBuilder(store.Settings.ConnectionString) { Port = proxy.Port }.ToString());
        await using var impatient = behind.Replica(writeTimeout: WriteTimeout);
        await impatient.AppendAsync(impatient.Interaction("u", "i", id: "before"));
        proxy.CutOnceAt(ByteProxy.Commit, Cut.BeforeTheAnswer, then: server.FreezeAsync);

        var lost = await Assert.ThrowsAsync<StorageUnavailableException>(() => impatient.AppendAsync(impatient.Interaction("u", "i")));
        await server.ThawAsync();

        Assert.True(lost.OutcomeIsUnknown);
        Assert.Equal(1, await store.CountAsync($"SELECT count(*) FROM interactions WHERE id = '{lost.Ids![0]}'"));
    }
}
