using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Shops;

/// <summary>Why the store cannot be written.</summary>
/// <param name="Reason">For everybody: without addresses, names or secrets.</param>
/// <param name="ToOperators">The same with what the database's driver says.</param>
internal sealed record StoreFault(string Reason, string ToOperators)
{
    public static StoreFault Of(Exception exception) => exception is StorageUnavailableException unavailable
        ? new StoreFault(unavailable.Message, unavailable.ToOperators())
        : new StoreFault("The store cannot be used.", $"The store cannot be used: {exception.GetBaseException().Message}");
}

/// <summary>
/// Tries again and again, in the background and with a deadline of its own, whether the store would take a write; whoever asks how the store is gets the last result at once.
/// </summary>
internal sealed partial class StoreMonitor(Database database, Readiness readiness, StoreSettings settings, TimeProvider time, ILogger<StoreMonitor> logger) : BackgroundService
{
    private volatile StoreFault? fault;

    /// <summary>Null: at the last look the store would have taken a write.</summary>
    public StoreFault? Fault => fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.ProbeInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Until then the start itself says what it waits for.
            if (readiness.IsReady)
                await LookAsync(stoppingToken);
        }
    }

    /// <summary>One look. A store that says nothing is away at the deadline, whenever the driver gives up.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var probe = ProbeAsync(cancellationToken);
        if (await Task.WhenAny(probe, Task.Delay(settings.ProbeTimeout, time, cancellationToken)) != probe && !cancellationToken.IsCancellationRequested)
            Note(Silent());
        Note(await probe);
    }

    private async Task<StoreFault?> ProbeAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await database.ProbeAsync(either.Token);
            return null;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return fault;
        }
        catch (Exception exception)
        {
            // What the driver says of a probe that was given up is not why.
            return timeout.IsCancellationRequested && exception is not StorageUnavailableException ? Silent() : StoreFault.Of(exception);
        }
    }

    private StoreFault Silent()
    {
        var reason = $"The store does not answer: it was not done with a write of one row within {settings.ProbeTimeout.TotalSeconds:0.#} s.";
        return new StoreFault(reason, reason);
    }

    private void Note(StoreFault? now)
    {
        var before = fault;
        fault = now;
        if (now is not null && now.Reason != before?.Reason)
            LogFault(now.ToOperators);
        else if (now is null && before is not null)
            LogRecovered();
    }

    [LoggerMessage(LogLevel.Warning, "The store takes no writes: {Fault} Lists are served from memory, writes get 503.")]
    private partial void LogFault(string fault);

    [LoggerMessage(LogLevel.Information, "The store takes writes again.")]
    private partial void LogRecovered();
}
