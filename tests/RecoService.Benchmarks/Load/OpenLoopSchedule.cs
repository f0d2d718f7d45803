using System.Diagnostics;

namespace RecoService.Benchmarks.Load;

/// <summary>Hands requests to free connections when they are due; those that find none wait in order, and their time runs.</summary>
internal sealed class OpenLoopSchedule(LoadConnection[] connections, byte[][] requests, Latencies latencies) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Stack<LoadConnection> free = new(connections);
    private readonly Queue<(long Due, byte[] Request)> waiting = new();
    private readonly ManualResetEventSlim pause = new(initialState: false, spinCount: 0);
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isOver;
    private volatile Exception? failure;

    /// <summary>Ends with the last answer.</summary>
    public Task Drained => drained.Task;

    /// <summary>Runs on the calling thread until <paramref name="goesOn"/> says no.</summary>
    public void Run(double rate, Func<TimeSpan, bool> goesOn)
    {
        var start = Stopwatch.GetTimestamp();
        var sent = 0L;
        for (var millisecond = 0L; goesOn(TimeSpan.FromMilliseconds(millisecond)) && failure is null; millisecond++)
        {
            var due = start + (millisecond * Stopwatch.Frequency / 1000);
            var wanted = (long)(rate * (millisecond + 1) / 1000);
            if (sent == wanted)
                continue;
            WaitUntil(due);
            for (; sent < wanted; sent++)
                Take(due, requests[sent % requests.Length]);
        }

        lock (gate)
        {
            isOver = true;
            EndIfDrained();
        }
    }

    private void WaitUntil(long due)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due).TotalMilliseconds is > 0 and var left)
            pause.Wait(Math.Max(1, (int)left));
    }

    private void Take(long due, byte[] request)
    {
        LoadConnection? connection;
        lock (gate)
        {
            if (!free.TryPop(out connection))
                waiting.Enqueue((due, request));
        }

        if (connection is not null)
            _ = ServeAsync(connection, due, request);
    }

    private async Task ServeAsync(LoadConnection connection, long due, byte[] request)
    {
        try
        {
            while (true)
            {
                var status = await connection.SendAsync(request);
                latencies.Add(Stopwatch.GetTimestamp() - due, status == 200);
                lock (gate)
                {
                    if (!waiting.TryDequeue(out var next))
                    {
                        free.Push(connection);
                        EndIfDrained();
                        return;
                    }

                    (due, request) = next;
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            drained.TrySetException(exception);
        }
    }

    private void EndIfDrained()
    {
        if (isOver && free.Count == connections.Length)
            drained.TrySetResult();
    }

    public void Dispose() => pause.Dispose();
}
