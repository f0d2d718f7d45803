using System.Buffers.Binary;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>Reads rows of numbers from a binary COPY: an order of magnitude faster than a query of the same rows. A null reads as 0. By hand, because Npgsql's exporter makes a call with a type look-up for each value.</summary>
internal sealed class CopyReader : IAsyncDisposable
{
    private const int HeaderBytes = 19;

    /// <summary>More than any row of numbers here takes; so many bytes are in memory before a row is read, except at the end.</summary>
    private const int MaxRowBytes = 128;

    private readonly Stream stream;
    private readonly byte[] buffer = new byte[1 << 16];
    private int position;
    private int end;

    private CopyReader(Stream stream) => this.stream = stream;

    public static async Task<CopyReader> OpenAsync(NpgsqlConnection connection, string copy, CancellationToken ct)
    {
        var reader = new CopyReader(await connection.BeginRawBinaryCopyAsync(copy, ct));
        await reader.FillAsync(HeaderBytes, ct);
        reader.position = HeaderBytes;
        return reader;
    }

    /// <summary>Goes to the next row, all of which is then in memory; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken ct)
    {
        if (end - position < MaxRowBytes)
            await FillAsync(MaxRowBytes, ct);
        if (end == position)
            throw new EndOfStreamException("The COPY ended without its trailer.");
        var columns = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(position));
        position += sizeof(short);
        return columns >= 0;
    }

    public int ReadInt() => Take(sizeof(int)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;

    public short ReadShort() => Take(sizeof(short)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt16BigEndian(bytes) : (short)0;

    public long ReadLong() => Take(sizeof(long)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    public double ReadDouble() => Take(sizeof(double)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : 0;

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(position));
        position += sizeof(int);
        if (length < 0)
            return [];
        var taken = buffer.AsSpan(position, bytes);
        position += bytes;
        return taken;
    }

    private async ValueTask FillAsync(int wanted, CancellationToken ct)
    {
        buffer.AsSpan(position, end - position).CopyTo(buffer);
        end -= position;
        position = 0;
        while (end < wanted)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(end), ct);
            if (read == 0)
                return;
            end += read;
        }
    }
}
