using System.Text.Unicode;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>The lines of an NDJSON file. Blank lines are passed over; a line too long for memory is bad.</summary>
internal sealed class NdjsonRows<T>(LineStream stream, RowBinder<T> binder, ImportOptions options) : IRowSource<T>
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private Range line;
    private bool isTooLong;

    public long Line { get; private set; }

    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await ReadLineAsync(ct))
        {
            if (isTooLong || !buffer.AsSpan(line).Trim(" \t\r"u8).IsEmpty)
                return true;
        }

        return false;
    }

    public RowOutcome Take(ICollection<FieldProblem> problems, out T row)
    {
        row = default!;
        var text = buffer.AsSpan(line);
        if (isTooLong)
            problems.Add(new FieldProblem("the line", $"is longer than {options.MaxLineBytes} bytes"));
        else if (!Utf8.IsValid(text))
            problems.Add(new FieldProblem("the line", "is not valid UTF-8"));
        else if (binder.TryBind(text, problems, out row))
            return RowOutcome.Valid;
        return RowOutcome.Invalid;
    }

    public void Dispose()
    {
    }

    private async ValueTask<bool> ReadLineAsync(CancellationToken ct)
    {
        var searched = start;
        while (true)
        {
            var feed = buffer.AsSpan(searched..end).IndexOf((byte)'\n');
            if (feed >= 0)
                return Found(searched + feed, next: searched + feed + 1);
            MakeRoom();
            searched = end;
            var count = await stream.ReadAsync(buffer.AsMemory(end), ct);
            if (count == 0)
                return start < end && Found(end, next: end);
            end += count;
        }
    }

    private bool Found(int lineEnd, int next)
    {
        Line++;
        line = start..lineEnd;
        isTooLong = lineEnd - start > options.MaxLineBytes;
        start = next;
        return true;
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
