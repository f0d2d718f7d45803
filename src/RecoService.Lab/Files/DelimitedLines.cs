using System.IO.Compression;
using System.Text;

namespace RecoService.Lab.Files;

/// <summary>The lines of a text file, packed with gzip or not, and their fields.</summary>
internal static class DelimitedLines
{
    private static readonly string[] KnownDelimiters = ["\t", "::", ",", ";", "|"];

    /// <summary>Lines with their numbers from 1; empty ones are left out.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<(int Number, string Text)> Read(string path, Encoding? encoding = null)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content, encoding ?? Encoding.UTF8);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, line);
        }
    }

    /// <summary>The delimiter of a line; null when blanks part its fields.</summary>
    public static string? DelimiterOf(string line) => Array.Find(KnownDelimiters, delimiter => line.Contains(delimiter, StringComparison.Ordinal));

    /// <param name="line">The line.</param>
    /// <param name="delimiter">Null: any run of blanks. With a comma or semicolon a field may stand in double quotes, a quote inside doubled.</param>
    public static string[] Fields(string line, string? delimiter) => delimiter switch
    {
        null or " " => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        "," or ";" when line.Contains('"', StringComparison.Ordinal) => QuotedFields(line, delimiter[0]),
        _ => line.Split(delimiter, StringSplitOptions.TrimEntries),
    };

    private static string[] QuotedFields(string line, char delimiter)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var position = 0; position < line.Length; position++)
        {
            var character = line[position];
            if (character == '"' && quoted && position + 1 < line.Length && line[position + 1] == '"')
            {
                field.Append('"');
                position++;
            }
            else if (character == '"')
            {
                quoted = !quoted;
            }
            else if (character == delimiter && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(character);
            }
        }

        return [.. fields, field.ToString().Trim()];
    }
}
