using System.Globalization;
using System.Text;

namespace RecoService.Lab.Evaluating;

/// <summary>The report as Markdown: a table per part.</summary>
internal static class MarkdownReport
{
    public static string Write(EvaluationReport report)
    {
        var text = new StringBuilder();
        foreach (var part in report.Parts)
        {
            var grid = ReportGrid.Of(part);
            text.Append(CultureInfo.InvariantCulture, $"### {report.Data}: {part.Name}\n\n{ReportGrid.DataLine(part)}\n\n");
            AppendRow(text, grid.Columns);
            AppendRow(text, [.. grid.Columns.Select((_, position) => position == 0 ? "---" : "---:")]);
            foreach (var row in grid.Rows)
                AppendRow(text, row);
            text.Append('\n');
            if (part.Selection is { } selection)
                AppendSelection(text, selection);
        }

        foreach (var note in report.Notes ?? [])
            text.Append(CultureInfo.InvariantCulture, $"{note}\n\n");
        return text.ToString();
    }

    /// <summary>The page that holds auto against published figures, and what it tried behind it.</summary>
    public static string Write(SuiteReport suite)
    {
        var text = new StringBuilder();
        AppendGrid(text, SuiteGrid.Of(suite));
        foreach (var missing in suite.Missing)
            text.Append(CultureInfo.InvariantCulture, $"{missing}: its data are not there.\n\n");
        return text.ToString();
    }

    /// <summary>The table of what a log says of another policy.</summary>
    public static string Write(OffPolicyReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {report.Title}\n\n{report.DataLine}\n\n");
        AppendGrid(text, report.ToGrid());
        foreach (var note in report.Notes)
            text.Append(CultureInfo.InvariantCulture, $"{note}\n\n");
        return text.ToString();
    }

    private static void AppendGrid(StringBuilder text, ReportGrid grid)
    {
        AppendRow(text, grid.Columns);
        AppendRow(text, [.. grid.Columns.Select(_ => "---")]);
        foreach (var row in grid.Rows)
            AppendRow(text, row);
        text.Append('\n');
    }

    private static void AppendSelection(StringBuilder text, SelectionReport selection)
    {
        var grid = SelectionGrid.Of(selection);
        text.Append(CultureInfo.InvariantCulture, $"{SelectionGrid.Title}:\n\n");
        AppendGrid(text, grid);
        if (selection.GivenUp is { } givenUp)
            text.Append(CultureInfo.InvariantCulture, $"{givenUp}\n\n");
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
}
