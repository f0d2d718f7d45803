using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Tests.Models;

public abstract class RunLogContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private Task<ModelRun?> StartAsync(string holder, TestStore? on = null) => (on ?? Store).Runs.TryStartAsync(holder, "manual", force: false, Lease, Ct);

    /// <summary>By the database's clock, which no test can turn, it ran out long ago.</summary>
    private Task ExpireAsync() => Store.Inner.WriteAsync(context => context.ExecuteAsync("UPDATE leases SET expires_at = 1 WHERE name = 'retrain'", Ct), Ct);

    private Task<RunPublication> PublishAsync(ModelRun run, string holder, int version = 1) =>
        Store.Publications.AppendOfRunAsync(run with { MetricsJson = "{}", OptionsJson = "[]", Seed = 7, Watermark = "w", ModelVersion = version }, holder, _ => [version, version + 1], null, Ct);

    [Fact]
    public async Task TryStart_WhileAnotherHolds_GivesNullUntilItFinishes()
    {
        await using var replica = Store.Replica();
        var first = (await StartAsync("a"))!;

        Assert.Null(await StartAsync("b", replica));
        Assert.Equal(first.Id, (await replica.Runs.GetRunningAsync(Ct))!.Id);

        await Store.Runs.FinishAsync(first with { Outcome = RunOutcome.Published, Reason = "better", MetricsJson = "{}", OptionsJson = "[]", Seed = 7, Watermark = "w", ModelVersion = 3, Stage = "done", Progress = 1 }, "a", Ct);
        var finished = (await replica.Runs.GetLastFinishedAsync(Ct))!;
        Assert.Equal((RunOutcome.Published, "better", "{}", "[]", 7, "w", 3), (finished.Outcome, finished.Reason, finished.MetricsJson, finished.OptionsJson, finished.Seed, finished.Watermark, finished.ModelVersion!.Value));
        Assert.Null(await Store.Runs.GetRunningAsync(Ct));
        Assert.NotNull(await StartAsync("b", replica));
    }

    [Theory]
    [InlineData(RunOutcome.Published, "published")]
    [InlineData(RunOutcome.Refused, "refused")]
    [InlineData(RunOutcome.Held, "held")]
    [InlineData(RunOutcome.Failed, "failed")]
    [InlineData(RunOutcome.Cancelled, "cancelled")]
    [InlineData(RunOutcome.Interrupted, "interrupted")]
    [InlineData(RunOutcome.Skipped, "skipped")]
    public async Task Finish_WithAnOutcome_StoresItsWord(RunOutcome outcome, string word)
    {
        var run = (await StartAsync("a"))!;

        await Store.Runs.FinishAsync(run with { Outcome = outcome }, "a", Ct);

        Assert.Equal([word], await Store.Inner.ReadAsync(context => context.Database.SqlQueryRaw<string>("SELECT outcome FROM model_runs").ToListAsync(Ct), Ct));
        Assert.Equal(outcome, (await Store.Runs.GetAsync(run.Id, Ct))!.Outcome);
        Assert.Equal(word, outcome.ToWord());
    }

    [Fact]
    public async Task GetLastTrained_OfAPlan_LeavesOutThoseOfOthers()
    {
        foreach (var plan in new[] { ModelRun.DefaultPlan, "weekly" })
        {
            var run = (await Store.Runs.TryStartAsync("a", "schedule", force: false, Lease, Ct, plan))!;
            Assert.Equal(plan, run.Plan);
            await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Published, Watermark = plan }, "a", Ct);
        }

        Assert.Equal("default", (await Store.Runs.GetLastTrainedAsync(Ct))!.Watermark);
        Assert.Equal("weekly", (await Store.Runs.GetLastTrainedAsync(Ct, "weekly"))!.Watermark);
        Assert.Null(await Store.Runs.GetLastTrainedAsync(Ct, "daily"));
        Assert.Equal(["weekly", "default"], (await Store.Runs.ListAsync(null, 10, Ct)).Items.Select(run => run.Plan));
    }

    [Fact]
    public async Task TryStart_ManyAtOnce_OneWins()
    {
        var replicas = Enumerable.Range(0, 4).Select(_ => Store.Replica()).ToArray();

        var runs = await Task.WhenAll(replicas.Select((replica, position) => Task.Run(() => StartAsync($"h{position}", replica), Ct)));

        Assert.Single(runs, run => run is not null);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task TryStart_AfterTheLeaseExpired_MarksTheOldRunInterrupted()
    {
        var dead = (await StartAsync("a"))!;
        await ExpireAsync();

        var next = (await StartAsync("b"))!;

        Assert.Equal(RunOutcome.Interrupted, (await Store.Runs.GetAsync(dead.Id, Ct))!.Outcome);
        Assert.False(await Store.Runs.HeartbeatAsync(dead.Id, "a", "train", 0.5, Lease, Ct));
        await Store.Runs.FinishAsync(dead with { Outcome = RunOutcome.Published }, "a", Ct);
        Assert.Equal(RunOutcome.Interrupted, (await Store.Runs.GetAsync(dead.Id, Ct))!.Outcome);
        Assert.True(await Store.Runs.HeartbeatAsync(next.Id, "b", "train", 0.5, Lease, Ct));
    }

    [Fact]
    public async Task Heartbeat_RenewsAndRecordsProgress()
    {
        var run = (await StartAsync("a"))!;
        for (var beat = 1; beat <= 3; beat++)
        {
            await ExpireAsync();
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

        await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Cancelled }, "a", Ct);
        Assert.False(await Store.Runs.RequestCancelAsync(run.Id, Ct));
        Assert.False(await Store.Runs.RequestCancelAsync(999, Ct));
    }

    [Fact]
    public async Task MarkInterrupted_TouchesOnlyTheDeadAndTheExpired()
    {
        var run = (await StartAsync("host:1"))!;

        Assert.Equal(0, await Store.Runs.MarkInterruptedAsync(holder => holder == "host:2", Ct));
        Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(holder => holder == "host:1", Ct));
        Assert.Equal(RunOutcome.Interrupted, (await Store.Runs.GetAsync(run.Id, Ct))!.Outcome);
        Assert.NotNull(await StartAsync("host:2"));
        await ExpireAsync();
        Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(_ => false, Ct));
        Assert.Equal(0, await Store.Runs.MarkInterruptedAsync(_ => true, Ct));
    }

    [Fact]
    public async Task TryStart_ReplicaWhoseClockIsAheadOrBehind_LeavesTheLeaseAlone()
    {
        var run = (await StartAsync("a"))!;

        foreach (var error in new[] { TimeSpan.FromDays(1), TimeSpan.FromDays(-2) })
        {
            Store.Clock.Advance(error);
            Assert.Null(await StartAsync("b"));
            Assert.Equal(0, await Store.Runs.MarkInterruptedAsync(_ => false, Ct));
            Assert.True(await Store.Runs.HeartbeatAsync(run.Id, "a", "train", 0.5, Lease, Ct));
        }
    }

    [Theory]
    [InlineData(RunOutcome.Cancelled)]
    [InlineData(RunOutcome.Failed)]
    [InlineData(RunOutcome.Interrupted)]
    public async Task Finish_AfterThePublication_IsPublishedWhateverCameThen(RunOutcome outcome)
    {
        var run = (await StartAsync("a"))!;
        Assert.Null((await PublishAsync(run, "a")).Obstacle);

        var recorded = await Store.Runs.FinishAsync(run with { Outcome = outcome, Reason = "Something else." }, "a", Ct);

        var stored = (await Store.Runs.GetAsync(run.Id, Ct))!;
        Assert.Equal(recorded, stored);
        Assert.Equal((RunOutcome.Published, "finished", 1.0), (stored.Outcome, stored.Stage, stored.Progress));
        Assert.Contains("Something else.", stored.Reason, StringComparison.Ordinal);
        Assert.Equal(("{}", "[]", 7, "w", 1), (stored.MetricsJson, stored.OptionsJson, stored.Seed, stored.Watermark, stored.ModelVersion!.Value));
        Assert.NotNull(await StartAsync("b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Interrupt_AfterThePublication_IsPublished(bool byAStart)
    {
        var run = (await StartAsync("a"))!;
        Assert.Null((await PublishAsync(run, "a")).Obstacle);

        if (byAStart)
        {
            Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(holder => holder == "a", Ct));
        }
        else
        {
            await ExpireAsync();
            Assert.NotNull(await StartAsync("b"));
        }

        var stored = (await Store.Runs.GetAsync(run.Id, Ct))!;
        Assert.Equal((RunOutcome.Published, "w", 1), (stored.Outcome, stored.Watermark, stored.ModelVersion!.Value));
        Assert.Contains("stopped without a word", stored.Reason, StringComparison.Ordinal);
        Assert.NotNull(stored.FinishedAt);
    }

    [Fact]
    public async Task Interrupt_RunBesideAnOtherOnesPublication_StaysInterrupted()
    {
        var first = (await StartAsync("a"))!;
        Assert.Null((await PublishAsync(first, "a")).Obstacle);
        await Store.Runs.FinishAsync(first with { Outcome = RunOutcome.Published }, "a", Ct);
        var second = (await StartAsync("a"))!;

        Assert.Equal(1, await Store.Runs.MarkInterruptedAsync(_ => true, Ct));

        Assert.Equal(RunOutcome.Interrupted, (await Store.Runs.GetAsync(second.Id, Ct))!.Outcome);
    }

    [Fact]
    public async Task Publish_LeaseTakenByAnother_IsTooLate()
    {
        var run = (await StartAsync("a"))!;
        await ExpireAsync();
        var next = (await StartAsync("b"))!;

        Assert.Equal(PublicationObstacle.LeaseLost, (await PublishAsync(run, "a")).Obstacle);
        Assert.Equal(PublicationObstacle.LeaseLost, (await PublishAsync(next, "a")).Obstacle);
        Assert.Empty(await Store.Publications.ListAsync(10, Ct));
        Assert.Null((await PublishAsync(next, "b")).Obstacle);
    }

    [Fact]
    public async Task Publish_LeaseTakenAtTheSameMoment_IsPublishedAndRecordedSoOrNeither()
    {
        for (var turn = 0; turn < 8; turn++)
        {
            var run = (await StartAsync("a"))!;
            await ExpireAsync();
            await using var replica = Store.Replica();

            var publishing = Task.Run(() => PublishAsync(run, "a"), Ct);
            var taking = Task.Run(() => StartAsync("b", replica), Ct);
            var isPublished = (await publishing).Obstacle is null;
            var next = (await taking)!;

            Assert.Equal(isPublished ? RunOutcome.Published : RunOutcome.Interrupted, (await Store.Runs.GetAsync(run.Id, Ct))!.Outcome);
            Assert.Equal(isPublished ? 1 : 0, (await Store.Publications.ListAsync(100, Ct)).Count(publication => publication.PublishedBy == $"run {run.Id}"));
            await replica.Runs.FinishAsync(next with { Outcome = RunOutcome.Skipped }, "b", Ct);
        }
    }

    [Fact]
    public async Task Publish_AfterACancel_PublishesNothing()
    {
        var run = (await StartAsync("a"))!;
        Assert.True(await Store.Runs.RequestCancelAsync(run.Id, Ct));

        Assert.Equal(PublicationObstacle.CancelRequested, (await PublishAsync(run, "a")).Obstacle);

        Assert.Null(await Store.Publications.GetCurrentAsync(Ct));
        Assert.Equal(RunOutcome.Cancelled, (await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Cancelled }, "a", Ct)).Outcome);
    }

    [Fact]
    public async Task Publish_CancelAtTheSameMoment_ComesBeforeOrAfterNeverInBetween()
    {
        for (var turn = 0; turn < 8; turn++)
        {
            var run = (await StartAsync("a"))!;
            await using var replica = Store.Replica();

            var cancelling = Task.Run(() => replica.Runs.RequestCancelAsync(run.Id, Ct), Ct);
            var obstacle = (await Task.Run(() => PublishAsync(run, "a"), Ct)).Obstacle;
            Assert.True(await cancelling);
            var recorded = await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Cancelled }, "a", Ct);

            Assert.Equal(obstacle is null ? RunOutcome.Published : RunOutcome.Cancelled, recorded.Outcome);
        }
    }

    [Fact]
    public async Task List_Pages_NewestFirst()
    {
        List<long> ids = [];
        for (var n = 0; n < 5; n++)
        {
            var run = (await StartAsync("a"))!;
            ids.Insert(0, run.Id);
            await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Skipped }, "a", Ct);
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
