namespace RecoService.Storage.Tests.Models;

public abstract class RunLogContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private Task<ModelRun?> StartAsync(string holder, TestStore? on = null) => (on ?? Store).Runs.TryStartAsync(holder, "manual", force: false, Lease, Ct);

    [Fact]
    public async Task TryStart_WhileAnotherHolds_GivesNullUntilItFinishes()
    {
        await using var replica = Store.Replica();
        var first = (await StartAsync("a"))!;

        Assert.Null(await StartAsync("b", replica));
        Assert.Equal(first.Id, (await replica.Runs.GetRunningAsync(Ct))!.Id);

        await Store.Runs.FinishAsync(first with { Outcome = "published", Reason = "better", MetricsJson = "{}", OptionsJson = "[]", Seed = 7, Watermark = "w", ModelVersion = 3, Stage = "done", Progress = 1 }, "a", Ct);
        var finished = (await replica.Runs.GetLastFinishedAsync(Ct))!;
        Assert.Equal(("published", "better", "{}", "[]", 7, "w", 3), (finished.Outcome, finished.Reason, finished.MetricsJson, finished.OptionsJson, finished.Seed, finished.Watermark, finished.ModelVersion!.Value));
        Assert.Null(await Store.Runs.GetRunningAsync(Ct));
        Assert.NotNull(await StartAsync("b", replica));
    }

    [Fact]
    public async Task TryStart_ManyAtOnce_OneWins()
    {
        var replicas = Enumerable.Range(0, 4).Select(_ => Store.Replica()).ToArray();

        var runs = await Task.WhenAll(replicas.Select((replica, place) => Task.Run(() => StartAsync($"h{place}", replica), Ct)));

        Assert.Single(runs, run => run is not null);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task TryStart_AfterTheLeaseExpired_MarksTheOldRunInterrupted()
    {
        var dead = (await StartAsync("a"))!;
        Store.Clock.Advance(Lease);

        var next = (await StartAsync("b"))!;

        Assert.Equal("interrupted", (await Store.Runs.GetAsync(dead.Id, Ct))!.Outcome);
        Assert.False(await Store.Runs.HeartbeatAsync(dead.Id, "a", "train", 0.5, Lease, Ct));
        await Store.Runs.FinishAsync(dead with { Outcome = "published" }, "a", Ct);
        Assert.Equal("interrupted", (await Store.Runs.GetAsync(dead.Id, Ct))!.Outcome);
        Assert.True(await Store.Runs.HeartbeatAsync(next.Id, "b", "train", 0.5, Lease, Ct));
    }

    [Fact]
    public async Task Heartbeat_RenewsAndRecordsProgress()
    {
        var run = (await StartAsync("a"))!;
        for (var beat = 1; beat <= 3; beat++)
        {
            Store.Clock.Advance(Lease * 0.9);
            Assert.True(await Store.Runs.HeartbeatAsync(run.Id, "a", $"stage {beat}", beat / 4.0, Lease, Ct));
        }

        Assert.Null(await StartAsync("b"));
        var stored = (await Store.Runs.GetAsync(run.Id, Ct))!;
        Assert.Equal(("stage 3", 0.75), (stored.Stage, stored.Progress));
        Assert.False(await Store.Runs.HeartbeatAsync(run.Id, "b", "x", 0, Lease, Ct));
    }

    [Fact]
    public async Task RequestCancel_ShowsAtTheNextHeartbeat()
    {
        var run = (await StartAsync("a"))!;

        Assert.True(await Store.Runs.RequestCancelAsync(run.Id, Ct));
        Assert.False(await Store.Runs.HeartbeatAsync(run.Id, "a", "train", 0.1, Lease, Ct));
        Assert.True((await Store.Runs.GetAsync(run.Id, Ct))!.CancelRequested);

        await Store.Runs.FinishAsync(run with { Outcome = "cancelled" }, "a", Ct);
        Assert.False(await Store.Runs.RequestCancelAsync(run.Id, Ct));
        Assert.False(await Store.Runs.RequestCancelAsync(999, Ct));
    }

    [Fact]
    public async Task MarkInterrupted_TouchesOnlyTheDeadAndTheExpired()
    {
        var run = (await StartAsync("host:1"))!;

        Assert.Equal(0, await Store.Runs.MarkInterruptedAsync(holder => holder == "host:2", Ct));
        Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(holder => holder == "host:1", Ct));
        Assert.Equal("interrupted", (await Store.Runs.GetAsync(run.Id, Ct))!.Outcome);
        Assert.NotNull(await StartAsync("host:2"));
        Store.Clock.Advance(Lease);
        Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(_ => false, Ct));
        Assert.Equal(0, await Store.Runs.MarkInterruptedAsync(_ => true, Ct));
    }

    [Fact]
    public async Task List_Pages_NewestFirst()
    {
        List<long> ids = [];
        for (var n = 0; n < 5; n++)
        {
            var run = (await StartAsync("a"))!;
            ids.Insert(0, run.Id);
            await Store.Runs.FinishAsync(run with { Outcome = "skipped" }, "a", Ct);
        }

        var first = await Store.Runs.ListAsync(null, 3, Ct);
        var second = await Store.Runs.ListAsync(first.Next, 3, Ct);

        Assert.Equal(ids, first.Items.Concat(second.Items).Select(run => run.Id));
        Assert.Null(second.Next);
        Assert.Null(await Store.Runs.GetAsync(999, Ct));
    }
}

public sealed class SqliteRunLogTests() : RunLogContract(StorageProvider.Sqlite);

public sealed class PostgresRunLogTests() : RunLogContract(StorageProvider.Postgres);
