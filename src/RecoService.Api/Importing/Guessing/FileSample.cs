using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Guessing;

/// <summary>A column, or a path of JSON objects, with what the sample holds there.</summary>
/// <param name="Source">As an option writes it.</param>
/// <param name="Name">As the file writes it.</param>
/// <param name="Values">In the order of the records; empty where there is nothing.</param>
internal sealed record SampleColumn(string Source, string Name, IReadOnlyList<string> Values)
{
    public IEnumerable<string> Filled => Values.Where(value => value.Length > 0 && !Synonyms.Nulls.Contains(value));

    /// <summary>True: there are values, and all of them pass.</summary>
    public bool All(Func<string, bool> test) => Filled.Any() && Filled.All(test);
}

/// <summary>The beginning of a file, taken apart.</summary>
internal sealed class FileSample
{
    private const int SampleBytes = 256 * 1024;
    private const int SampleRecords = 1000;
    private const int MaxDepth = 4;

    /// <summary>Complete lines, in UTF-8.</summary>
    public required byte[] Text { get; init; }

    /// <summary>Null when the file is in UTF-8.</summary>
    public string? Encoding { get; init; }

    public ImportFormat Format { get; init; }

    public string? Delimiter { get; private set; }

    /// <summary>False: the first record is data.</summary>
    public bool HasHeader { get; private set; } = true;

    public IReadOnlyList<SampleColumn> Columns { get; private set; } = [];

    public static async Task<FileSample> ReadAsync(Stream file, CancellationToken ct)
    {
        await using var source = await ImportSource.OpenAsync(file, new ImportOptions { Format = ImportFormat.Ndjson }, ct);
        var buffer = new byte[SampleBytes];
        var count = await source.Text.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        var text = buffer.AsSpan(0, count);
        if (count == buffer.Length && text.LastIndexOf((byte)'\n') is > 0 and var end)
            text = text[..(end + 1)];
        if (text.StartsWith("\ufeff"u8))
            text = text[3..];
        var isUtf8 = Utf8.IsValid(text);
        var sample = new FileSample
        {
            Text = isUtf8 ? text.ToArray() : System.Text.Encoding.UTF8.GetBytes(Encodings.Find("windows-1252")!.GetString(text)),
            Encoding = isUtf8 ? null : "windows-1252",
            Format = text.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] or [(byte)'[', ..] ? ImportFormat.Ndjson : ImportFormat.Csv,
        };
        if (sample.Format == ImportFormat.Csv)
            await sample.TakeColumnsAsync(ct);
        else
            await sample.TakePathsAsync(ct);
        return sample;
    }

    private async Task TakeColumnsAsync(CancellationToken ct)
    {
        using var text = new MemoryStream(Text);
        using var records = new CsvRecords(text, new ImportOptions { HasHeader = false });
        if (!await records.OpenAsync(ct))
            return;
        Delimiter = records.Delimiter;
        List<string[]> rows = [];
        while (rows.Count < SampleRecords && await records.ReadAsync(ct))
        {
            if (records.TryAccept([]))
                rows.Add([.. Enumerable.Range(0, records.ColumnCount).Select(column => System.Text.Encoding.UTF8.GetString(TextRules.Trim(records[column, 0].Text)))]);
        }

        HasHeader = rows.Count > 0 && rows[0].All(LooksLikeName) && rows[0].Distinct().Count() == rows[0].Length;
        var data = HasHeader ? rows.Skip(1).ToList() : rows;
        Columns =
        [
            .. Enumerable.Range(0, records.ColumnCount).Select(column => new SampleColumn(
                HasHeader ? Spell(rows[0], column) : $"{column + 1}", HasHeader ? rows[0][column] : $"{column + 1}", [.. data.Select(row => row[column])])),
        ];
    }

    /// <summary>A column's whole name needs no escapes; among others, its signs do.</summary>
    private static string Spell(string[] header, int column) => SourceText.Quote(header[column]);

    private static bool LooksLikeName(string cell) =>
        cell.Length > 0 && !Looks.IsNumber(cell) && !Looks.IsTime(cell);

    private async Task TakePathsAsync(CancellationToken ct)
    {
        using var text = new MemoryStream(Text);
        var paths = new JsonPaths();
        using var records = new JsonRecords(text, paths, new ImportOptions { Format = ImportFormat.Ndjson, IgnoreUnknown = true });
        Dictionary<string, (string Name, Dictionary<int, string> Values)> found = [];
        var count = 0;
        for (; count < SampleRecords && await records.ReadAsync(ct); count++)
        {
            if (!records.TryAccept([]))
                continue;
            using var whole = JsonDocument.Parse(records.Content);
            Walk(whole.RootElement, "", "", MaxDepth, (source, name, value) =>
            {
                if (!found.TryGetValue(source, out var values))
                    found[source] = values = (name, []);
                values.Values.TryAdd(count, value);
            });
        }

        Columns = [.. found.Select(pair => new SampleColumn(pair.Key, pair.Value.Name, [.. Enumerable.Range(0, count).Select(row => pair.Value.Values.GetValueOrDefault(row, ""))]))];
    }

    private static void Walk(JsonElement element, string source, string name, int depth, Action<string, string, string> take)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when depth > 0:
                foreach (var member in element.EnumerateObject())
                {
                    var written = SourceText.Quote(member.Name);
                    Walk(member.Value, source.Length == 0 ? written : $"{source}.{written}", name.Length == 0 ? member.Name : $"{name}.{member.Name}", depth - 1, take);
                }

                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.Object && !source.Contains("[]", StringComparison.Ordinal):
                Walk(element[0], $"{source}[]", $"{name}[]", depth - 1, take);
                break;
            case JsonValueKind.String:
                take(source, name, TextRules.Trim(element.GetString()!));
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Array when source.Length > 0:
                take(source, name, element.GetRawText());
                break;
        }
    }
}
