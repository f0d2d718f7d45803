using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Records;

/// <summary>
/// The records of a CSV file. Blank lines, and lines of delimiters only, are passed over. A record of several lines that is broken, because a quote
/// was left open, is lost up to the next line with which a good record begins.
/// </summary>
internal sealed class CsvRecords(Stream stream, ImportOptions options) : RecordReader
{
    private readonly TextWindow window = new(stream);
    private CsvTokenizer tokenizer = null!;
    private byte[] scratch = [];
    private byte[] header = [];
    private int length;
    private int lineFeeds;
    private long nextLine = 1;
    private long line;
    private string? fault;

    /// <summary>What stands between two fields; known once the file is open.</summary>
    public string Delimiter { get; private set; } = "";

    /// <summary>The names of the columns; null when the file has none.</summary>
    public string[]? Header { get; private set; }

    /// <summary>How many fields every record must have.</summary>
    public int ColumnCount { get; private set; }

    public override long Line => line;

    public override int RowCount => 1;

    public override bool IsRepeatedHeader =>
        header.Length > 0 && length >= header.Length && length <= header.Length + 2 && window.Slice(0, length).TrimEnd("\r\n"u8).SequenceEqual(header);

    public override RawValue this[int slot, int row]
    {
        get
        {
            // A short record is bad before anybody asks.
            var field = tokenizer[slot];
            if (field.Length == 0)
                return default;
            return new RawValue(ValueKind.Text, field.HasEscapes ? TextOf(field) : window.Slice(field.Start, field.Length));
        }
    }

    public override bool Has(int slot, int row) => true;

    /// <summary>Finds the delimiter and the columns; false when the file is empty.</summary>
    /// <exception cref="InvalidRequestException">The header cannot be read.</exception>
    public async ValueTask<bool> OpenAsync(CancellationToken ct)
    {
        while (window.Length < DelimiterFinder.SampleBytes && await window.FillAsync(ct))
        {
        }

        if (window.Span.Contains((byte)'\r') && !window.Span.Contains((byte)'\n'))
            throw new InvalidRequestException([new FieldProblem("the file", "ends its lines with a carriage return alone, as old Macs did; tr '\\r' '\\n' mends it")]);
        Delimiter = options.Delimiter ?? DelimiterFinder.Find(window.Span, window.HasEnded, options.Quotes);
        tokenizer = new CsvTokenizer(Encoding.UTF8.GetBytes(Delimiter), options.Quotes);
        if (!await ReadAsync(ct))
            return false;
        if ((fault ?? Encodings.FaultOf(window.Slice(0, length))) is { } reason)
            throw new InvalidRequestException([new FieldProblem(options.HasHeader ? "the header" : "the first record", $"in line {line} {reason}")]);
        ColumnCount = tokenizer.Count;
        if (options.HasHeader)
        {
            Header = [.. Enumerable.Range(0, ColumnCount).Select(column => Encoding.UTF8.GetString(TextRules.Trim(TextOf(tokenizer[column]))))];
            header = window.Span[..length].TrimEnd("\r\n"u8).ToArray();
        }
        else
        {
            // The first record is data: it is read again.
            nextLine = line;
            length = lineFeeds = 0;
        }

        return true;
    }

    public override ValueTask<bool> ReadAsync(CancellationToken ct) => TryReadBuffered() ? new ValueTask<bool>(true) : ReadOnAsync(ct);

    public override bool TryAccept(ICollection<FieldProblem> problems)
    {
        var reason = fault
            ?? Encodings.FaultOf(window.Slice(0, length))
            ?? (HasColumns() ? null : $"has {tokenizer.Count} fields instead of {ColumnCount}");
        if (reason is null)
            return true;
        problems.Add(new FieldProblem(lineFeeds > 1 ? $"the record on lines {line} to {line + lineFeeds - 1}" : "the record", reason));
        return false;
    }

    /// <summary>Goes on to the next record; false when more of the text is needed.</summary>
    private bool TryReadBuffered()
    {
        do
        {
            GiveUp();
            if (!TryTake())
                return false;
        }
        while (fault is null && IsBlank());
        return true;
    }

    private async ValueTask<bool> ReadOnAsync(CancellationToken ct)
    {
        do
        {
            while (!TryTake())
            {
                if (window.Length > options.MaxLineBytes)
                {
                    await LoseAsync(ct);
                    return true;
                }

                if (!await window.FillAsync(ct) && window.Length == 0)
                {
                    line = nextLine - 1;
                    return false;
                }
            }

            if (fault is not null || !IsBlank())
                return true;
        }
        while (!TryReadBuffered());
        return true;
    }

    private void GiveUp()
    {
        window.Advance(length);
        nextLine += lineFeeds;
        length = lineFeeds = 0;
        fault = null;
    }

    /// <summary>Takes the next record; false when more of the text is needed.</summary>
    private bool TryTake()
    {
        line = nextLine;
        if (window.Length == 0 || !tokenizer.TryRead(window.Span, window.HasEnded))
            return false;
        length = tokenizer.Length;
        lineFeeds = tokenizer.LineFeeds;
        fault = tokenizer.Fault switch
        {
            CsvFault.OpenQuote => "has a quote that is never closed",
            CsvFault.TextAfterQuote => "has text after a closing quote",
            _ => length > options.MaxLineBytes ? TooLong() : null,
        };
        var isSuspect = fault is not null || (ColumnCount > 0 && !HasColumns());
        return !isSuspect || lineFeeds <= 1 && length <= options.MaxLineBytes || TryRecover(length);
    }

    /// <summary>A record that outgrows its limit: it is lost up to the next good one, or to the end of its line.</summary>
    private async ValueTask LoseAsync(CancellationToken ct)
    {
        fault = TooLong();
        if (TryRecover(window.Length))
            return;
        lineFeeds = window.Span.Count((byte)'\n');
        window.Advance(window.Length);
        length = 0;
        if (await window.SkipLineAsync(ct))
            lineFeeds++;
    }

    /// <summary>
    /// Ends the lost record where a good one begins. False: none begins within <paramref name="within"/> bytes, and more of the text may be needed to
    /// know it.
    /// </summary>
    private bool TryRecover(int within)
    {
        var text = window.Span;
        var reason = fault ?? $"has {tokenizer.Count} fields instead of {ColumnCount}; is a quote left open?";
        var budget = 16L * Math.Max(options.MaxLineBytes, 64 * 1024);
        var feeds = 0;
        for (var at = 0; ColumnCount > 0 && budget > 0;)
        {
            var feed = text[at..within].IndexOf((byte)'\n');
            if (feed < 0)
                break;
            at += feed + 1;
            feeds++;
            if (at == text.Length)
                break;
            if (tokenizer.TryRead(text[at..], window.HasEnded))
            {
                budget -= tokenizer.Length;
                if (tokenizer.Fault != CsvFault.None || tokenizer.Count != ColumnCount || tokenizer.Length > options.MaxLineBytes || HasStrayQuote(text[at..]))
                    continue;
                length = at;
                lineFeeds = feeds;
                fault = reason;
                return true;
            }

            if (window.Length <= options.MaxLineBytes)
            {
                // Whether a good record begins here shows further on.
                fault = null;
                return false;
            }

            budget -= text.Length - at;
        }

        fault = reason;
        return within < window.Length || window.HasEnded;
    }

    /// <summary>True: what was read is rather the end of a quoted text than a record.</summary>
    private bool HasStrayQuote(ReadOnlySpan<byte> text)
    {
        for (var position = 0; position < tokenizer.Count; position++)
        {
            var field = tokenizer[position];
            var isQuoted = field.Start > 0 && text[field.Start - 1] == '"';
            if (!isQuoted && text.Slice(field.Start, field.Length).Contains((byte)'"'))
                return true;
        }

        return false;
    }

    private bool HasColumns()
    {
        var count = tokenizer.Count;
        while (count > ColumnCount && tokenizer[count - 1].Length == 0)
            count--;
        return count == ColumnCount;
    }

    private bool IsBlank()
    {
        for (var position = 0; position < tokenizer.Count; position++)
        {
            if (tokenizer[position].Length > 0 && !window.Slice(tokenizer[position].Start, tokenizer[position].Length).Trim((byte)' ').IsEmpty)
                return false;
        }

        return true;
    }

    private ReadOnlySpan<byte> TextOf(CsvTokenizer.Field field)
    {
        var text = window.Slice(field.Start, field.Length);
        if (!field.HasEscapes)
            return text;
        // A record's texts must not overwrite each other: each has the place of its own that it has in the record.
        if (scratch.Length < length)
            scratch = new byte[Math.Max(length, scratch.Length * 2)];
        var count = 0;
        var unescaped = scratch.AsSpan(field.Start);
        for (var position = 0; position < text.Length; position++)
        {
            unescaped[count++] = text[position];
            if (text[position] == '"')
                position++;
        }

        return unescaped[..count];
    }

    private string TooLong() => $"is longer than {options.MaxLineBytes} bytes; is a quote left open?";
}
