using System.Numerics;
using System.Runtime.Intrinsics;

namespace RecoService.Api.Importing.Records;

internal enum CsvFault
{
    None,
    OpenQuote,
    TextAfterQuote,
}

/// <summary>Finds the fields of one record (RFC 4180, with a delimiter of any length). The places are relative to the text that was given.</summary>
/// <param name="delimiter">In UTF-8; at least one byte.</param>
/// <param name="quotes">False: quotes are ordinary characters.</param>
internal sealed class CsvTokenizer(byte[] delimiter, bool quotes)
{
    private Field[] fields = new Field[16];

    public int Count { get; private set; }

    /// <summary>Bytes of the record, its line end included.</summary>
    public int Length { get; private set; }

    /// <summary>Line feeds in the record, its line end included.</summary>
    public int LineFeeds { get; private set; }

    public CsvFault Fault { get; private set; }

    public Field this[int position] => fields[position];

    /// <param name="text">Begins with the record; not empty.</param>
    /// <param name="isLast">Nothing comes after the text.</param>
    /// <returns>False when the record does not end in the text.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, bool isLast)
    {
        Count = 0;
        LineFeeds = 0;
        Fault = CsvFault.None;
        if (delimiter.Length == 1 && Vector256.IsHardwareAccelerated && TryReadPlain(text))
            return true;
        var from = 0;
        while (true)
        {
            var to = from;
            var isQuoted = quotes && from < text.Length && text[from] == '"';
            if (isQuoted && !TryTakeQuoted(text, isLast, ref to))
                return false;
            var searched = to;
            if (!TryFindEnd(text, isLast, ref to, out var isLineEnd))
                return false;
            if (!isQuoted)
                Add(from, TrimReturn(text, from, to, isLineEnd) - from, hasEscapes: false);
            else if (Fault == CsvFault.None && !text[searched..TrimReturn(text, searched, to, isLineEnd)].Trim((byte)' ').IsEmpty)
                Fault = CsvFault.TextAfterQuote;

            if (isLineEnd)
            {
                Length = Math.Min(to + 1, text.Length);
                LineFeeds += to < text.Length ? 1 : 0;
                return true;
            }

            from = to + delimiter.Length;
        }
    }

    /// <summary>The usual record, without quotes: looks at 32 bytes at a time. False: it is none, or it ends too near the end of the text.</summary>
    private bool TryReadPlain(ReadOnlySpan<byte> text)
    {
        var delimiters = Vector256.Create(delimiter[0]);
        var feeds = Vector256.Create((byte)'\n');
        var marks = quotes ? Vector256.Create((byte)'"') : feeds;
        var from = 0;
        for (var at = 0; at + Vector256<byte>.Count <= text.Length; at += Vector256<byte>.Count)
        {
            var block = Vector256.Create(text.Slice(at, Vector256<byte>.Count));
            var signs = Vector256.Equals(block, delimiters) | Vector256.Equals(block, feeds) | Vector256.Equals(block, marks);
            for (var bits = signs.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                var to = at + BitOperations.TrailingZeroCount(bits);
                if (text[to] == delimiter[0])
                {
                    Add(from, to - from, hasEscapes: false);
                    from = to + 1;
                }
                else if (text[to] == '\n')
                {
                    Add(from, TrimReturn(text, from, to, isLineEnd: true) - from, hasEscapes: false);
                    Length = to + 1;
                    LineFeeds = 1;
                    return true;
                }
                else
                {
                    Count = 0;
                    return false;
                }
            }
        }

        Count = 0;
        return false;
    }

    /// <summary>Takes the quotes of a field apart; <paramref name="at"/> moves from the first quote behind the last.</summary>
    private bool TryTakeQuoted(ReadOnlySpan<byte> text, bool isLast, ref int at)
    {
        var from = at + 1;
        var hasEscapes = false;
        at = from;
        while (true)
        {
            var quote = text[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                if (!isLast)
                    return false;
                Fault = CsvFault.OpenQuote;
                at = text.Length;
                break;
            }

            at += quote;
            if (at + 1 == text.Length && !isLast)
                return false;
            if (at + 1 == text.Length || text[at + 1] != '"')
                break;
            hasEscapes = true;
            at += 2;
        }

        LineFeeds += text[from..at].Count((byte)'\n');
        Add(from, at - from, hasEscapes);
        at = Math.Min(at + 1, text.Length);
        return true;
    }

    private bool TryFindEnd(ReadOnlySpan<byte> text, bool isLast, ref int at, out bool isLineEnd)
    {
        while (true)
        {
            var found = text[at..].IndexOfAny(delimiter[0], (byte)'\n');
            if (found < 0)
            {
                isLineEnd = true;
                at = text.Length;
                return isLast;
            }

            at += found;
            isLineEnd = text[at] == '\n';
            if (isLineEnd || delimiter.Length == 1 || text[at..].StartsWith(delimiter))
                return true;
            at++;
        }
    }

    private static int TrimReturn(ReadOnlySpan<byte> text, int from, int to, bool isLineEnd) =>
        isLineEnd && to > from && text[to - 1] == '\r' ? to - 1 : to;

    private void Add(int start, int length, bool hasEscapes)
    {
        if (Count == fields.Length)
            Array.Resize(ref fields, Count * 2);
        fields[Count++] = new Field(start, length, hasEscapes);
    }

    /// <summary>A field's place, without its quotes, and whether it holds doubled quotes.</summary>
    internal readonly record struct Field(int Start, int Length, bool HasEscapes);
}
