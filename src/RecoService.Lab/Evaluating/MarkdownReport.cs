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
            AppendRow(text, [.. grid.Columns.Select((_, place) => place == 0 ? "---" : "---:")]);
            foreach (var row in grid.Rows)
                AppendRow(text, row);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
}
