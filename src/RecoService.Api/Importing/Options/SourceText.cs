using System.Text;

namespace RecoService.Api.Importing.Options;

/// <summary>
/// How options write the names of a file. A sign that would mean something (<c>| + = : , . [] &lt; &gt; !</c>) is part of a name behind a backslash,
/// and so is everything in double quotes.
/// </summary>
internal static class SourceText
{
    /// <summary>The first of the signs that is neither behind a backslash nor in quotes; -1 = none.</summary>
    public static int IndexOfAny(string text, string signs, int from = 0)
    {
        for (var position = from; position < text.Length; position++)
        {
            if (text[position] == '\\')
                position++;
            else if (text[position] == '"' && position == from && text.IndexOf('"', position + 1) is > 0 and var closing)
                position = closing;
            else if (signs.Contains(text[position], StringComparison.Ordinal))
                return position;
        }

        return -1;
    }

    /// <summary>The parts between separators, still as they are written.</summary>
    public static List<string> Split(string text, char separator)
    {
        List<string> parts = [];
        var from = 0;
        while (true)
        {
            var at = IndexOfAny(text, separator.ToString(), from);
            parts.Add(at < 0 ? text[from..] : text[from..at]);
            if (at < 0)
                return parts;
            from = at + 1;
        }
    }

    /// <summary>The name that was written.</summary>
    public static string Unescape(string text)
    {
        if (text is ['"', .., '"'] && text.IndexOf('"', 1) == text.Length - 1)
            return text[1..^1];
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var name = new StringBuilder(text.Length);
        for (var position = 0; position < text.Length; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;
            name.Append(text[position]);
        }

        return name.ToString();
    }

    /// <summary>A name, written so that it is read as it is.</summary>
    public static string Quote(string name)
    {
        if (name.Length > 0 && name.AsSpan().IndexOfAny("|+=:,.[]<>!\"\\") < 0)
            return name;
        var text = new StringBuilder(name.Length + 2);
        foreach (var character in name)
        {
            if ("|+=:,.[]<>!\"\\".Contains(character, StringComparison.Ordinal))
                text.Append('\\');
            text.Append(character);
        }

        return text.ToString();
    }
}
