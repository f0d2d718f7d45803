using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;
using RecoService.Storage.Operations;

namespace RecoService.Storage;

/// <summary>One execution of the retrain job.</summary>
public sealed record ModelRun
{
    /// <summary>The plan that trains the recommender, and of runs of versions that knew no other.</summary>
    public const string DefaultPlan = "default";

    /// <summary>Of runs that train nothing and judge a stored model.</summary>
    public const string JudgePlan = "judge";

    public long Id { get; init; }

    /// <summary>schedule, manual, startup, first-model, unreadable-model or command.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>What it trains: the name of a training plan, or <see cref="JudgePlan"/>.</summary>
    public string Plan { get; init; } = DefaultPlan;

    public bool Force { get; init; }

    public string Stage { get; init; } = "";

    /// <summary>0 to 1.</summary>
    public double Progress { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs.</summary>
    public RunOutcome? Outcome { get; init; }

    public string? Reason { get; init; }

    public string? MetricsJson { get; init; }

    public string? OptionsJson { get; init; }

    public int Seed { get; init; }

    public string? Watermark { get; init; }

    /// <summary>The model that it stored first, or that it judges.</summary>
    public int? ModelVersion { get; init; }

    public bool CancelRequested { get; init; }
}

/// <summary>The model runs and the lease that lets one replica at a time train.</summary>
public sealed class RunLog
{
    private readonly Store store;

    internal RunLog(Store store) => this.store = store;

    /// <summary>Takes the lease and writes the run's row. Null: another run holds it. A run whose holder let the lease expire is marked interrupted.</summary>
    public Task<ModelRun?> TryStartAsync(string holder, string trigger, bool force, TimeSpan lease, CancellationToken ct, string plan = ModelRun.DefaultPlan, int? modelVersion = null) => store.WriteAsync(async context =>
    {
        var held = await LockLeaseAsync(context, ct);
        if (await context.IsTakenAsync(store.Provider, held, ct))
            return null;

        await InterruptAsync(context, held, ct);
        var run = new ModelRunRow { Holder = holder, Trigger = trigger, Plan = plan, Force = force, Stage = "starting", StartedAt = store.Now, ModelVersion = modelVersion };
        context.Add(run);
        await context.SaveChangesAsync(ct);
        held.Holder = holder;
        held.RunId = run.Id;
        held.ExpiresAt = await context.ExpiryAsync(store.Provider, lease, ct);
        await context.SaveChangesAsync(ct);
        AuditScope.Note(null, new { run.Id, run.Plan, run.Force, run.ModelVersion });
        return run.ToRun();
    }, ct);

    /// <summary>Renews the lease and records how far the run is. False: the lease is lost or a cancel was asked for; the run's row tells which.</summary>
    public Task<bool> HeartbeatAsync(long runId, string holder, string stage, double progress, TimeSpan lease, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var held = await LockLeaseAsync(context, ct);
        if (held.Holder != holder || held.RunId != runId)
            return false;

        held.ExpiresAt = await context.ExpiryAsync(store.Provider, lease, ct);
        var run = await context.ModelRuns.AsTracking().SingleAsync(row => row.Id == runId, ct);
        run.Stage = stage;
        run.Progress = progress;
        await context.SaveChangesAsync(ct);
        return !run.CancelRequested;
    }, ct);

    /// <summary>Writes the end of the run's row and frees the lease. A run that was marked interrupted meanwhile stays so, and one whose publication is committed is
    /// published, whatever came after that.</summary>
    /// <returns>The run as it stands in the log.</returns>
    public Task<ModelRun> FinishAsync(ModelRun run, string holder, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var held = await LockLeaseAsync(context, ct);
        if (held.Holder == holder && held.RunId == run.Id)
            held.Free();

        var stored = await context.ModelRuns.AsTracking().SingleAsync(row => row.Id == run.Id, ct);
        if (stored.Outcome is not null)
        {
            // Another process has written its end.
        }
        else if (run.Outcome != RunOutcome.Published && await IsPublishedAsync(context, run.Id, ct))
        {
            EndAsPublished(stored, run.Reason);
        }
        else
        {
            stored.Stage = run.Stage;
            stored.Progress = run.Progress;
            stored.FinishedAt = run.FinishedAt ?? store.Now;
            stored.Outcome = run.Outcome ?? throw new ArgumentException("A finished run needs an outcome.", nameof(run));
            stored.Reason = run.Reason;
            stored.MetricsJson = run.MetricsJson;
            stored.OptionsJson = run.OptionsJson;
            stored.Seed = run.Seed;
            stored.Watermark = run.Watermark;
            stored.ModelVersion = run.ModelVersion;
        }

        await context.SaveChangesAsync(ct);
        return stored.ToRun();
    }, ct);

    /// <summary>Null: unknown.</summary>
    public Task<ModelRun?> GetAsync(long id, CancellationToken ct) => FirstAsync(runs => runs.Where(run => run.Id == id), ct);

    public Task<ModelRun?> GetRunningAsync(CancellationToken ct) =>
        FirstAsync(runs => runs.Where(run => run.Outcome == null).OrderByDescending(run => run.Id), ct);

    public Task<ModelRun?> GetLastFinishedAsync(CancellationToken ct) =>
        FirstAsync(runs => runs.Where(run => run.Outcome != null).OrderByDescending(run => run.Id), ct);

    /// <summary>The last finished run of a plan that was not skipped.</summary>
    public Task<ModelRun?> GetLastTrainedAsync(CancellationToken ct, string plan = ModelRun.DefaultPlan) =>
        FirstAsync(runs => runs.Where(run => run.Plan == plan && run.Outcome != null && run.Outcome != RunOutcome.Skipped).OrderByDescending(run => run.Id), ct);

    /// <summary>Runs, newest first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<ModelRun>> ListAsync(string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.ModelRuns.AsNoTracking().Where(run => run.Id < before).OrderByDescending(run => run.Id).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToRun()), limit, run => Cursor.Encode(run.Id));
        }, ct);
    }

    /// <summary>Asks the run to stop at its next heartbeat. False: unknown or finished.</summary>
    public Task<bool> RequestCancelAsync(long id, CancellationToken ct) => store.WriteAsync(async context =>
        await context.ModelRuns.Where(run => run.Id == id && run.Outcome == null)
            .ExecuteUpdateAsync(set => set.SetProperty(run => run.CancelRequested, true), ct) > 0, ct);

    /// <summary>Ends the runs whose lease expired or whose holder is known to be dead, as interrupted, or as published where they were, and frees their lease; how many.</summary>
    public Task<int> MarkInterruptedAsync(Func<string, bool> holderIsDead, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var held = await LockLeaseAsync(context, ct);
        if (await context.IsTakenAsync(store.Provider, held, ct) && !holderIsDead(held.Holder!))
            return 0;

        return await InterruptAsync(context, held, ct);
    }, ct);

    /// <summary>Under the lock of a lease that nobody living holds, no run can be running.</summary>
    private async Task<int> InterruptAsync(RecoDbContext context, LeaseRow held, CancellationToken ct)
    {
        var runs = await context.ModelRuns.AsTracking().Where(run => run.Outcome == null).ToListAsync(ct);
        foreach (var run in runs)
        {
            var reason = $"The process that ran it ({run.Holder}) stopped without a word.";
            if (await IsPublishedAsync(context, run.Id, ct))
            {
                EndAsPublished(run, reason);
                continue;
            }

            run.Outcome = RunOutcome.Interrupted;
            run.Reason = reason;
            run.FinishedAt = store.Now;
        }

        held.Free();
        await context.SaveChangesAsync(ct);
        return runs.Count;
    }

    private static Task<bool> IsPublishedAsync(RecoDbContext context, long run, CancellationToken ct)
    {
        var publisher = PublicationLog.PublisherOf(run);
        return context.Publications.AnyAsync(row => row.PublishedBy == publisher, ct);
    }

    /// <summary>What else is known of the run was written with its publication.</summary>
    private void EndAsPublished(ModelRunRow run, string? afterwards)
    {
        run.Outcome = RunOutcome.Published;
        run.Reason = $"It is published. Afterwards: {afterwards}";
        run.Stage = "finished";
        run.Progress = 1;
        run.FinishedAt = store.Now;
    }

    private Task<LeaseRow> LockLeaseAsync(RecoDbContext context, CancellationToken ct) => context.LockLeaseAsync(store.Provider, Leases.Retrain, ct);

    private Task<ModelRun?> FirstAsync(Func<IQueryable<ModelRunRow>, IQueryable<ModelRunRow>> choose, CancellationToken ct) =>
        store.ReadAsync(async context => (await choose(context.ModelRuns.AsNoTracking()).FirstOrDefaultAsync(ct))?.ToRun(), ct);
}
