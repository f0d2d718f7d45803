using Quartz;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Fires the model runs of every plan of a shop, by interval or cron, on the scheduler that the process has.</summary>
/// <param name="shop">Tells its plans from those of other shops.</param>
/// <param name="trigger">Starts the runs.</param>
/// <param name="readiness">Until the shop is ready nothing is started.</param>
/// <param name="settings">The plans, and when they are due.</param>
/// <param name="logger">Takes what was left out.</param>
internal sealed partial class RetrainScheduler(string shop, RetrainTrigger trigger, Readiness readiness, RetrainingSettings settings, ILogger<RetrainScheduler> logger)
{
    private const string Owner = "scheduler";

    private readonly string group = $"retrain {shop}";
    private IScheduler? scheduler;

    public async Task StartAsync(ISchedulerFactory schedulers, CancellationToken cancellationToken)
    {
        if (!settings.Enabled)
            return;
        scheduler = await schedulers.GetScheduler(cancellationToken);
        await ScheduleAsync(scheduler, ModelRun.DefaultPlan, settings.Interval, settings.Cron, cancellationToken);
        foreach (var (name, plan) in settings.Plans)
            await ScheduleAsync(scheduler, name, plan.Interval, plan.Cron, cancellationToken);
    }

    /// <summary>Afterwards nothing is due any more.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref scheduler, null) is not { } started)
            return;
        foreach (var plan in settings.Plans.Keys.Append(ModelRun.DefaultPlan))
            await started.DeleteJob(new JobKey(plan, group), CancellationToken.None);
    }

    /// <summary>Changes when the plan of the recommender is due. A process that is set to start no runs goes on starting none.</summary>
    /// <param name="change">What is set; null: as it is configured.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ChangeAsync(ScheduleChange? change, CancellationToken cancellationToken)
    {
        if (scheduler is not { } started)
            return;
        var key = new JobKey(ModelRun.DefaultPlan, group);
        await started.DeleteJob(key, cancellationToken);
        if (change?.Enabled ?? true)
        {
            // An interval of the change is not overruled by a cron expression of the configuration.
            var isOwn = change is not null && (change.Interval is not null || change.Cron is not null);
            await ScheduleAsync(started, ModelRun.DefaultPlan, change?.Interval ?? settings.Interval, isOwn ? change!.Cron : settings.Cron, cancellationToken);
        }

        LogChanged(change is null ? "as configured" : change.ToString());
    }

    /// <summary>When the next run of a plan is due; null when none is.</summary>
    public async Task<DateTimeOffset?> GetNextRunAsync(CancellationToken cancellationToken, string plan = ModelRun.DefaultPlan) =>
        scheduler is { } started ? (await started.GetTrigger(new TriggerKey(plan, group), cancellationToken))?.NextFireTimeUtc : null;

    private async Task ScheduleAsync(IScheduler started, string plan, TimeSpan interval, string? cron, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<ScheduledRetrain>().WithIdentity(plan, group).UsingJobData(Owner, this).Build();
        var due = TriggerBuilder.Create()
            .WithIdentity(plan, group)
            .StartAt(TimeProvider.System.GetUtcNow() + (cron is null ? interval : TimeSpan.Zero))
            .WithSchedule(cron is not null
                ? CronScheduleBuilder.Create(cron).InTimeZone(TimeZoneInfo.Utc)
                : SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever())
            .Build();
        await started.ScheduleJob(job, due, cancellationToken: cancellationToken);
    }

    private async Task FireAsync(string plan, CancellationToken cancellationToken)
    {
        if (!readiness.IsReady)
            return;
        try
        {
            if (await trigger.TryStartAsync("schedule", force: false, cancellationToken, plan) is null)
                LogBusy(plan);
        }
        catch (StorageUnavailableException exception)
        {
            LogUnavailable(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The scheduled run of the plan {Plan} was left out: another one is under way.")]
    private partial void LogBusy(string plan);

    [LoggerMessage(LogLevel.Information, "The schedule of model runs has changed: {Schedule}.")]
    private partial void LogChanged(string schedule);

    [LoggerMessage(LogLevel.Warning, "The scheduled model run was left out: {Reason}")]
    private partial void LogUnavailable(string reason);

    /// <summary>Constructed by Quartz at each firing.</summary>
    [DisallowConcurrentExecution]
    internal sealed class ScheduledRetrain : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
            await ((RetrainScheduler)context.JobDetail.JobDataMap[Owner]!).FireAsync(context.Trigger.Key.Name, cancellationToken);
    }
}
