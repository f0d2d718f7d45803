using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Mapping;

/// <summary>The columns of a CSV file.</summary>
/// <param name="header">Their names; null when the file has none, and columns are numbers from 1.</param>
/// <param name="columnCount">How many there are.</param>
/// <param name="ignored">Columns that stand for no field, though they are named like one.</param>
internal sealed class CsvNames(string[]? header, int columnCount, IReadOnlyList<string> ignored) : ISourceNames
{
    private const int ShownNames = 50;
    private readonly HashSet<string> ignored = [.. ignored, .. ignored.Select(SourceText.Unescape)];
    private readonly HashSet<int> used = [];

    /// <summary>The columns nobody asked for.</summary>
    public IReadOnlyList<string> Unused =>
        header is null ? [] : [.. header.Where((name, column) => name.Length > 0 && !used.Contains(column) && !ignored.Contains(name))];

    /// <summary>What the file has, for messages.</summary>
    public string Known => header is null
        ? $"the file has {columnCount} columns"
        : $"the file's columns: {string.Join(", ", header.Take(ShownNames).Select(name => WireText.Escape(name)))}";

    public bool IsName(string text) => header?.Contains(text, StringComparer.Ordinal) == true;

    public int Find(string source, out string? reason)
    {
        var name = IsName(source) ? source : SourceText.Unescape(source);
        reason = null;
        var column = -1;
        if (header is null)
        {
            if (int.TryParse(name, out var number) && number >= 1 && number <= columnCount)
                column = number - 1;
            else
                reason = $"names the column {WireText.Quote(name)}; without a header columns are numbers from 1 to {columnCount}";
        }
        else
        {
            column = Array.IndexOf(header, name);
            if (column < 0)
                reason = $"names the column {WireText.Quote(name)}; {Known}";
            else if (Array.LastIndexOf(header, name) != column)
                (column, reason) = (-1, $"names the column {WireText.Quote(name)}, which stands twice in the header");
        }

        if (column >= 0)
            used.Add(column);
        return column;
    }

    public int FindOwn(string field) =>
        header is null || ignored.Contains(field) || !IsName(field) ? -1 : Find(field, out _);

    /// <summary>The names after a prefix, as <c>attributes.</c>.</summary>
    public IEnumerable<string> StartingWith(string prefix) =>
        header is null ? [] : header.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length).Distinct();
}
