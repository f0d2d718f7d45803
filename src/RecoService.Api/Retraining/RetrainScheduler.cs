using Quartz;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Fires the model runs of every plan by interval or cron.</summary>
internal static partial class RetrainScheduler
{
    private const string Group = "retrain";

    public static void AddRetrainSchedule(this IServiceCollection services, RetrainingSettings settings)
    {
        services.AddQuartz(quartz =>
        {
            if (!settings.Enabled)
                return;
            quartz.Schedule(ModelRun.DefaultPlan, settings.Interval, settings.Cron);
            foreach (var (name, plan) in settings.Plans)
                quartz.Schedule(name, plan.Interval, plan.Cron);
        });
        services.AddQuartzHostedService();
    }

    /// <summary>When the next run of a plan is due; null when none is.</summary>
    public static async Task<DateTimeOffset?> GetNextRunAsync(this ISchedulerFactory schedulers, CancellationToken cancellationToken, string plan = ModelRun.DefaultPlan)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        return (await scheduler.GetTrigger(new TriggerKey(plan, Group), cancellationToken))?.NextFireTimeUtc;
    }

    private static void Schedule(this IQuartzBuilder quartz, string plan, TimeSpan interval, string? cron) =>
        quartz.ScheduleJob<ScheduledRetrain>(
            trigger => trigger
                .WithIdentity(plan, Group)
                .StartAt(TimeProvider.System.GetUtcNow() + (cron is null ? interval : TimeSpan.Zero))
                .WithSchedule(cron is not null
                    ? CronScheduleBuilder.Create(cron).InTimeZone(TimeZoneInfo.Utc)
                    : SimpleScheduleBuilder.Create().WithInterval(interval).RepeatForever()),
            job => job.WithIdentity(plan, Group));

    /// <summary>Constructed by Quartz at each firing.</summary>
    [DisallowConcurrentExecution]
    internal sealed partial class ScheduledRetrain(RetrainTrigger trigger, Readiness readiness, ILogger<ScheduledRetrain> logger) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            if (!readiness.IsReady)
                return;
            try
            {
                if (await trigger.TryStartAsync("schedule", force: false, cancellationToken, context.Trigger.Key.Name) is null)
                    LogBusy(context.Trigger.Key.Name);
            }
            catch (StorageUnavailableException exception)
            {
                LogUnavailable(exception.Message);
            }
        }

        [LoggerMessage(LogLevel.Information, "The scheduled run of the plan {Plan} was left out: another one is under way.")]
        private partial void LogBusy(string plan);

        [LoggerMessage(LogLevel.Warning, "The scheduled model run was left out: {Reason}")]
        private partial void LogUnavailable(string reason);
    }
}
