namespace RecoService.Api.Importing;

/// <summary>
/// Text in UTF-8 on its way to a reader of lines. Skips a byte order mark, and cuts lines that would grow without end: what lies more than a
/// read beyond the limit is dropped, so that a reader sees that the line is too long and where the next one begins.
/// </summary>
/// <param name="inner">The text.</param>
/// <param name="maxLineBytes">The limit.</param>
/// <param name="quotes">Text in quotes may hold line ends; a quote that is open where a line is cut is closed there.</param>
internal sealed class LineStream(Stream inner, int maxLineBytes, bool quotes) : ForwardStream
{
    private static readonly byte[] ByteOrderMark = [0xef, 0xbb, 0xbf];
    private byte[] kept = [];
    private int keptFrom;
    private bool started;
    private bool isInQuotes;
    private long lineLength;

    /// <summary>Line feeds handed out or skipped so far.</summary>
    public long LineFeeds { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        if (!started)
            await SkipByteOrderMarkAsync(cancellationToken);
        while (true)
        {
            var count = await FillAsync(buffer, cancellationToken);
            if (count == 0)
                return 0;
            if (lineLength > maxLineBytes)
            {
                CutLine(buffer.Span[..count]);
                continue;
            }

            Follow(buffer.Span[..count]);
            return count;
        }
    }

    /// <summary>Skips to the start of the next line, or to the end of the file.</summary>
    public async ValueTask SkipLineAsync(CancellationToken ct)
    {
        isInQuotes = false;
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await FillAsync(buffer, ct);
            if (count == 0)
                return;
            var feed = buffer.AsSpan(0, count).IndexOf((byte)'\n');
            if (feed < 0)
                continue;
            PutBack(buffer.AsSpan((feed + 1)..count));
            LineFeeds++;
            lineLength = 0;
            return;
        }
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken ct)
    {
        if (keptFrom == kept.Length)
            return await inner.ReadAsync(buffer, ct);
        var count = Math.Min(buffer.Length, kept.Length - keptFrom);
        kept.AsMemory(keptFrom, count).CopyTo(buffer);
        keptFrom += count;
        return count;
    }

    private void Follow(ReadOnlySpan<byte> text)
    {
        LineFeeds += text.Count((byte)'\n');
        if (quotes)
            isInQuotes ^= (text.Count((byte)'"') & 1) != 0;
        var lastFeed = text.LastIndexOf((byte)'\n');
        lineLength = lastFeed < 0 ? lineLength + text.Length : text.Length - lastFeed - 1;
    }

    /// <summary>Drops text up to the next line feed, which is kept.</summary>
    private void CutLine(ReadOnlySpan<byte> text)
    {
        var feed = text.IndexOf((byte)'\n');
        if (feed < 0)
            return;
        PutBack(text[feed..], isInQuotes);
        lineLength = 0;
    }

    private void PutBack(ReadOnlySpan<byte> text, bool afterQuote = false)
    {
        byte[] closing = afterQuote ? [(byte)'"'] : [];
        kept = [.. closing, .. text, .. kept.AsSpan(keptFrom)];
        keptFrom = 0;
    }

    private async ValueTask SkipByteOrderMarkAsync(CancellationToken ct)
    {
        started = true;
        var start = new byte[ByteOrderMark.Length];
        var count = await inner.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        if (!start.AsSpan().SequenceEqual(ByteOrderMark))
            kept = start[..count];
    }
}
