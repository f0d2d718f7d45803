using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>
/// Opens connections, and fits their number to what the server allows this user: when it takes no more, those that are open are as many as there may be, and whoever
/// comes later waits for one of them. Now and then one more is tried, for the server may have room again.
/// </summary>
internal sealed class ConnectionQueue(TimeSpan patience, TimeProvider time) : DbConnectionInterceptor
{
    private static readonly TimeSpan GrowAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>When the connections of others are all there are, there is nothing of this process to wait for.</summary>
    private static readonly TimeSpan PatienceWithStrangers = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HashSet<DbConnection> entered = [];
    private readonly HashSet<DbConnection> open = [];
    private readonly Queue<TaskCompletionSource> waiting = [];
    private int limit = int.MaxValue;
    private long limitedAt;

    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            await EnterAsync(connection, started, cancellationToken);
            try
            {
                await connection.OpenAsync(cancellationToken);
                HasOpened(connection);
                return InterceptionResult.Suppress();
            }
            catch (Exception e)
            {
                Leave(connection);
                if (!IsTooMany(e))
                    throw;
                var areOthers = Shrink();
                if (time.GetElapsedTime(started) > (areOthers ? patience : PatienceWithStrangers))
                    throw;
                if (areOthers)
                    continue;
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    /// <summary>A pooler in front of the server says it in words.</summary>
    internal static bool IsTooMany(Exception e) => e is PostgresException postgres
        && (postgres.SqlState == PostgresErrorCodes.TooManyConnections || postgres.MessageText.Contains("no more connections allowed", StringComparison.Ordinal));

    private async Task EnterAsync(DbConnection connection, long started, CancellationToken ct)
    {
        while (true)
        {
            TaskCompletionSource turn;
            lock (gate)
            {
                if (entered.Count >= limit && time.GetElapsedTime(limitedAt) > GrowAfter)
                {
                    limit++;
                    limitedAt = time.GetTimestamp();
                }

                if (entered.Count < limit)
                {
                    entered.Add(connection);
                    return;
                }

                turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue(turn);
            }

            await WaitAsync(turn, started, ct);
        }
    }

    private async Task WaitAsync(TaskCompletionSource turn, long started, CancellationToken ct)
    {
        try
        {
            var left = TimeLeft(started);
            await turn.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // A turn that came at the same moment goes to the next in the queue.
            if (!turn.TrySetCanceled(CancellationToken.None))
                WakeNext();
            if (e is TimeoutException)
                throw new StorageUnavailableException($"All connections that the database allows this user are in use, and none became free within {patience.TotalSeconds:0.#} s.");
            throw;
        }
    }

    private void HasOpened(DbConnection connection)
    {
        lock (gate)
            open.Add(connection);
        // Raised also when the connection breaks, of which nobody is told otherwise.
        connection.StateChange += OnStateChange;
    }

    private void OnStateChange(object sender, StateChangeEventArgs e)
    {
        if (e.CurrentState == ConnectionState.Open)
            return;
        var connection = (DbConnection)sender;
        connection.StateChange -= OnStateChange;
        Leave(connection);
    }

    private void Leave(DbConnection connection)
    {
        lock (gate)
        {
            entered.Remove(connection);
            open.Remove(connection);
        }

        WakeNext();
    }

    private void WakeNext()
    {
        lock (gate)
        {
            while (entered.Count < limit && waiting.TryDequeue(out var turn))
            {
                if (turn.TrySetResult())
                    return;
            }
        }
    }

    /// <summary>True: some connections of this process are open, and one of them will be free.</summary>
    private bool Shrink()
    {
        lock (gate)
        {
            limit = Math.Max(1, open.Count);
            limitedAt = time.GetTimestamp();
            return open.Count > 0;
        }
    }

    private TimeSpan TimeLeft(long started) => patience - time.GetElapsedTime(started);
}
