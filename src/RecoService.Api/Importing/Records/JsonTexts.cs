namespace RecoService.Api.Importing.Records;

/// <summary>Where the text of each object of a file begins and ends: on a line of its own, or as an element of one JSON array.</summary>
/// <param name="stream">The file.</param>
/// <param name="maxBytes">The longest object; a longer one is a fault.</param>
internal sealed class JsonTexts(Stream stream, int maxBytes)
{
    private readonly TextWindow window = new(stream);
    private bool? isArray;
    private bool hasEnded;
    private int skipped;
    private int length;
    private int content;
    private long nextLine = 1;

    /// <summary>The line on which the object begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Why the object has no text; null when it has one.</summary>
    public string? Fault { get; private set; }

    /// <summary>What the object is called in a fault.</summary>
    public string Name => isArray == true ? "the element" : "the line";

    /// <summary>The object as it stands in the file, until the next move.</summary>
    public ReadOnlyMemory<byte> Content => window.Memory[..content];

    /// <summary>Goes on to the next object; blank lines are passed over.</summary>
    /// <returns>False at the end of the file.</returns>
    public async ValueTask<bool> MoveNextAsync(CancellationToken ct)
    {
        while (await FindAsync(ct))
        {
            if (Fault is not null || isArray == true || !window.Span[..content].Trim(" \t\r"u8).IsEmpty)
                return true;
        }

        return false;
    }

    private async ValueTask<bool> FindAsync(CancellationToken ct)
    {
        nextLine += window.Span[..length].Count((byte)'\n') + skipped;
        window.Advance(length);
        length = content = skipped = 0;
        Fault = null;
        isArray ??= await BeginsWithArrayAsync(ct);
        while (!hasEnded)
        {
            var found = isArray == true ? FindElement() : FindLine();
            if (found)
                return true;
            if (window.Length > maxBytes)
            {
                Fault = $"is longer than {maxBytes} bytes";
                Line = nextLine;
                length = 0;
                window.Advance(window.Length);
                skipped = await window.SkipLineAsync(ct) ? 1 : 0;
                hasEnded = isArray == true;
                return true;
            }

            if (!await window.FillAsync(ct) && window.Length == 0 && isArray == false)
                break;
        }

        Line = Math.Max(nextLine - 1, Line);
        return false;
    }

    private bool FindLine()
    {
        var feed = window.Span.IndexOf((byte)'\n');
        if (feed < 0 && !(window.HasEnded && window.Length > 0))
            return false;
        Line = nextLine;
        content = feed < 0 ? window.Length : feed;
        length = feed < 0 ? window.Length : feed + 1;
        if (content > maxBytes)
            Fault = $"is longer than {maxBytes} bytes";
        return true;
    }

    private bool FindElement()
    {
        var rest = window.Span;
        var trimmed = rest.TrimStart(" \t\r\n,"u8);
        nextLine += rest[..^trimmed.Length].Count((byte)'\n');
        window.Advance(rest.Length - trimmed.Length);
        if (trimmed.IsEmpty)
        {
            if (window.HasEnded)
                Break("is missing: the JSON array is not closed; does the file end too early?");
            return window.HasEnded;
        }

        Line = nextLine;
        if (trimmed[0] == ']')
        {
            hasEnded = true;
            if (trimmed[1..].Trim(" \t\r\n"u8).IsEmpty)
                return false;
            Break("stands behind the end of the JSON array");
            return true;
        }

        if (JsonScanner.TryFindEnd(trimmed, out var end))
        {
            content = length = end;
            return true;
        }

        if (!window.HasEnded)
            return false;
        Break("is cut off; does the file end too early?");
        return true;
    }

    private void Break(string reason)
    {
        Fault = reason;
        Line = nextLine;
        length = window.Length;
        hasEnded = true;
    }

    /// <summary>An array of objects; a line that holds an array is a bad line.</summary>
    private async ValueTask<bool> BeginsWithArrayAsync(CancellationToken ct)
    {
        while (true)
        {
            var text = window.Span.TrimStart(" \t\r\n"u8);
            if (text is [not (byte)'[', ..] || window.Length > maxBytes)
                return false;
            var inside = text.IsEmpty ? text : text[1..].TrimStart(" \t\r\n"u8);
            if (!inside.IsEmpty)
            {
                if (inside[0] != '{')
                    return false;
                var start = window.Length - inside.Length;
                nextLine += window.Span[..start].Count((byte)'\n');
                window.Advance(start);
                return true;
            }

            if (!await window.FillAsync(ct))
                return false;
        }
    }
}
