using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>A temporary table that is filled by COPY, a chunk after the other.</summary>
internal sealed class CopyTable(NpgsqlConnection connection, string table) : IAsyncDisposable
{
    private NpgsqlRawCopyStream? stream;

    public CopyWriter Row { get; } = new();

    public async ValueTask BeginRowAsync(short columns, CancellationToken ct)
    {
        if (stream is null)
        {
            stream = await connection.BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT BINARY)", ct);
            Row.Start();
        }
        else if (Row.IsFull)
        {
            await Row.FlushAsync(stream, ct);
        }

        Row.StartRow(columns);
    }

    /// <summary>Ends the chunk; the connection is free for other commands until the next row.</summary>
    public async ValueTask EndAsync(CancellationToken ct)
    {
        if (stream is null)
            return;
        // A chunk that fails to end has failed: there is nothing left to give up.
        var ending = stream;
        stream = null;
        await Row.EndAsync(ending, ct);
        await ending.DisposeAsync();
    }

    /// <summary>Gives up a chunk that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stream is null)
            return;
        try
        {
            await stream.CancelAsync();
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            // The connection is gone, and the chunk with it.
        }
    }
}
