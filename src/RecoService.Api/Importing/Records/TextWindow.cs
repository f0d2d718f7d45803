namespace RecoService.Api.Importing.Records;

/// <summary>The part of a text in UTF-8 that is in memory: it grows at its end and is given up at its start. A byte order mark is passed over.</summary>
internal sealed class TextWindow(Stream stream)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private bool isStarted;

    public ReadOnlySpan<byte> Span => new(buffer, start, end - start);

    /// <param name="from">From the start of what is in memory.</param>
    /// <param name="length">In bytes.</param>
    public ReadOnlySpan<byte> Slice(int from, int length) => new(buffer, start + from, length);

    public ReadOnlyMemory<byte> Memory => buffer.AsMemory(start..end);

    public int Length => end - start;

    /// <summary>True: nothing comes after what is here.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gives up the first bytes.</summary>
    public void Advance(int count) => start += count;

    /// <summary>Reads on; false when there is no more.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        if (HasEnded)
            return false;
        MakeRoom();
        var count = isStarted ? await stream.ReadAsync(buffer.AsMemory(end), ct) : await StartAsync(ct);
        end += count;
        HasEnded = count == 0;
        return !HasEnded;
    }

    /// <summary>Gives up everything up to and with the next line feed; false when the text ends before one.</summary>
    public async ValueTask<bool> SkipLineAsync(CancellationToken ct)
    {
        while (true)
        {
            var feed = Span.IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Advance(feed + 1);
                return true;
            }

            start = end = 0;
            if (!await FillAsync(ct))
                return false;
        }
    }

    private async ValueTask<int> StartAsync(CancellationToken ct)
    {
        isStarted = true;
        var count = await stream.ReadAtLeastAsync(buffer, minimumBytes: 3, throwOnEndOfStream: false, ct);
        if (buffer.AsSpan(0, count).StartsWith("\ufeff"u8))
            start = 3;
        return count;
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
    }
}
