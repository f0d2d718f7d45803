using Quartz;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Fires model runs by interval or cron.</summary>
internal static partial class RetrainScheduler
{
    private static readonly TriggerKey Key = new("retrain");

    public static void AddRetrainSchedule(this IServiceCollection services, RetrainingSettings settings)
    {
        services.AddQuartz(quartz =>
        {
            if (!settings.Enabled)
                return;
            quartz.ScheduleJob<ScheduledRetrain>(trigger => trigger
                .WithIdentity(Key)
                .StartAt(TimeProvider.System.GetUtcNow() + (settings.Cron is null ? settings.Interval : TimeSpan.Zero))
                .WithSchedule(settings.Cron is { } cron
                    ? CronScheduleBuilder.Create(cron).InTimeZone(TimeZoneInfo.Utc)
                    : SimpleScheduleBuilder.Create().WithInterval(settings.Interval).RepeatForever()));
        });
        services.AddQuartzHostedService();
    }

    public static async Task<DateTimeOffset?> GetNextRunAsync(this ISchedulerFactory schedulers, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        return (await scheduler.GetTrigger(Key, cancellationToken))?.NextFireTimeUtc;
    }

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
                if (await trigger.TryStartAsync("schedule", force: false, cancellationToken) is null)
                    LogBusy();
            }
            catch (StorageUnavailableException exception)
            {
                LogUnavailable(exception.Message);
            }
        }

        [LoggerMessage(LogLevel.Information, "The scheduled model run was left out: another one is under way.")]
        private partial void LogBusy();

        [LoggerMessage(LogLevel.Warning, "The scheduled model run was left out: {Reason}")]
        private partial void LogUnavailable(string reason);
    }
}
