namespace RecoService.WebConsole.Charts;

/// <summary>Rows as comma-separated values (RFC 4180).</summary>
internal static class CsvText
{
    private static readonly char[] Quoted = [',', '"', '\n', '\r'];

    // A spreadsheet takes what begins so for a formula.
    private static readonly char[] Formulas = ['=', '+', '-', '@', '\t', '\r'];

    public static string Of(IEnumerable<IReadOnlyList<string>> rows) => string.Join("", rows.Select(row => string.Join(',', row.Select(Escape)) + "\r\n"));

    private static string Escape(string value)
    {
        if (value.Length > 0 && Formulas.Contains(value[0]) && !double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _))
            value = "'" + value;
        return value.IndexOfAny(Quoted) < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
