using System.Buffers;
using System.Text;

namespace RecoService.Api.Importing.Values;

/// <summary>What is done to texts: white space and what is as invisible goes from their ends, runs of it become one blank.</summary>
internal static class TextRules
{
    /// <summary>The text of valid UTF-8. Ids are nearly always ASCII, which needs no counting first.</summary>
    public static string ToText(ReadOnlySpan<byte> text) => Ascii.IsValid(text) ? Encoding.Latin1.GetString(text) : Encoding.UTF8.GetString(text);

    /// <summary>The text without white space, no-break and zero-width spaces at its ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        if (!MayTrim(text))
            return text;
        while (Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done && IsSpace(rune))
            text = text[length..];
        while (Rune.DecodeLastFromUtf8(text, out var rune, out var length) == OperationStatus.Done && IsSpace(rune))
            text = text[..^length];
        return text;
    }

    /// <summary>False: the text begins and ends with printable ASCII, so nothing is to be trimmed.</summary>
    public static bool MayTrim(ReadOnlySpan<byte> text) => !text.IsEmpty && !(IsInk(text[0]) && IsInk(text[^1]));

    /// <inheritdoc cref="Trim(ReadOnlySpan{byte})"/>
    public static string Trim(string text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && IsSpace(text[from]))
            from++;
        while (to > from && IsSpace(text[to - 1]))
            to--;
        return to - from == text.Length ? text : text[from..to];
    }

    /// <summary>The text with one blank for every run of white space.</summary>
    public static string Collapse(string text)
    {
        var plain = true;
        for (var position = 0; position < text.Length && plain; position++)
            plain = !char.IsWhiteSpace(text[position]) || (text[position] == ' ' && (position == 0 || text[position - 1] != ' '));
        if (plain)
            return text;
        var collapsed = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
                collapsed.Append(character);
            else if (collapsed.Length == 0 || collapsed[^1] != ' ')
                collapsed.Append(' ');
        }

        return collapsed.ToString();
    }

    /// <summary>The first characters of a text; a pair of surrogates is not cut through, and no white space is left at the end.</summary>
    public static string Cut(string text, int maxLength)
    {
        var length = char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
        return Trim(text[..length]);
    }

    /// <summary>Printable ASCII.</summary>
    private static bool IsInk(byte character) => character is > (byte)' ' and < 0x7f;

    private static bool IsSpace(Rune rune) => rune.IsBmp && IsSpace((char)rune.Value);

    /// <summary>White space, and the zero-width characters that are as good as none.</summary>
    private static bool IsSpace(char character) =>
        char.IsWhiteSpace(character) || character is '\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' or '\u180e' or '\u200e' or '\u200f';
}
