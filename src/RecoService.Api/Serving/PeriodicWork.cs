namespace RecoService.Api.Serving;

/// <summary>Does something again and again once a state is served; until then the tables may not be there. A failure is told once until it goes well again: the same line twice a second helps nobody.</summary>
/// <param name="host">Knows what is served.</param>
/// <param name="interval">Between two times.</param>
/// <param name="time">The clock.</param>
internal abstract class PeriodicWork(SnapshotHost host, TimeSpan interval, TimeProvider time) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (host.Current is null)
                continue;
            try
            {
                await WorkAsync(stoppingToken);
                if (failing)
                    TellRecovered();
                failing = false;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (!failing)
                    TellFailed(exception.Message);
                failing = true;
            }
        }
    }

    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    protected abstract void TellFailed(string reason);

    protected abstract void TellRecovered();
}
