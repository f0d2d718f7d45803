using System.Diagnostics;

namespace RecoService.Benchmarks.Load;

/// <summary>Sends prepared requests over keep-alive connections, and times the answers.</summary>
internal static class LoadClient
{
    public const int Connections = 32;

    /// <summary>As fast as the answers come: every connection sends its next request when it has the answer to the last.</summary>
    public static async Task<Latencies> ClosedLoopAsync(Uri address, byte[][] requests, TimeSpan duration)
    {
        var latencies = new Latencies();
        var connections = await LoadConnection.OpenAsync(address, Connections);
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var next = -1;
        await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            for (long started; (started = Stopwatch.GetTimestamp()) < end;)
            {
                var status = await connection.SendAsync(requests[(uint)Interlocked.Increment(ref next) % requests.Length]);
                latencies.Add(Stopwatch.GetTimestamp() - started, status == 200);
            }
        })));
        Array.ForEach(connections, connection => connection.Dispose());
        return latencies;
    }

    /// <summary>
    /// At a fixed rate, whether or not answers come. Requests are due in bursts, one burst a millisecond, and a latency counts from the moment its request
    /// was due, so a server that stalls is charged for everything that piled up meanwhile.
    /// </summary>
    /// <param name="address">The server.</param>
    /// <param name="requests">Sent in turn.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="goesOn">Asked now and then with the time since the start.</param>
    public static async Task<Latencies> OpenLoopAsync(Uri address, byte[][] requests, double rate, Func<TimeSpan, bool> goesOn)
    {
        var latencies = new Latencies();
        var connections = await LoadConnection.OpenAsync(address, 2 * Connections);
        using var schedule = new OpenLoopSchedule(connections, requests, latencies);
        await Task.Factory.StartNew(() => schedule.Run(rate, goesOn), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await schedule.Drained;
        Array.ForEach(connections, connection => connection.Dispose());
        return latencies;
    }
}
