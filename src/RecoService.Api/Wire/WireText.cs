using System.Globalization;
using System.Text;

namespace RecoService.Api.Wire;

/// <summary>What text may hold, and how hostile text is shown.</summary>
internal static class WireText
{
    private const int QuotedLength = 50;

    /// <summary>Null, or why the text is refused. With <paramref name="multiline"/>, tabs and line ends are welcome.</summary>
    public static string? Problem(string text, int maxLength, bool multiline = false)
    {
        if (text.Length == 0)
            return $"is empty; 1 to {maxLength} characters are allowed";
        if (text.Length > maxLength)
            return $"has {text.Length} characters; 1 to {maxLength} are allowed";
        return text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? null : CharacterProblem(text, multiline);
    }

    /// <summary>Null, or which character no store would keep: an unpaired surrogate or a control character.</summary>
    public static string? CharacterProblem(ReadOnlySpan<char> text, bool multiline = false)
    {
        for (var position = 0; position < text.Length; position++)
        {
            var character = text[position];
            if (char.IsControl(character) && !(multiline && character is '\n' or '\r' or '\t'))
                return $"holds the control character U+{(int)character:X4} at position {position}";
            if (!char.IsSurrogate(character))
                continue;
            if (!char.IsHighSurrogate(character) || position + 1 == text.Length || !char.IsLowSurrogate(text[position + 1]))
                return $"holds the unpaired surrogate U+{(int)character:X4} at position {position}";
            position++;
        }

        return null;
    }

    /// <summary>The text in quotes for a message: at most 50 characters, anything unprintable escaped.</summary>
    public static string Quote(string text) => $"'{Escape(text)}'";

    public static string Escape(string text, int maxLength = QuotedLength)
    {
        var shown = new StringBuilder(text.Length < maxLength ? text.Length : maxLength);
        for (var position = 0; position < text.Length && position < maxLength; position++)
        {
            var character = text[position];
            if (char.IsHighSurrogate(character) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
                shown.Append(character).Append(text[++position]);
            else if (IsUnprintable(character))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else
                shown.Append(character);
        }

        return text.Length > maxLength ? shown.Append('…').ToString() : shown.ToString();
    }

    private static bool IsUnprintable(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned;
}
