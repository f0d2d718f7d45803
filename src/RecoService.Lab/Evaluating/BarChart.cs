using System.Globalization;
using System.Xml.Linq;

namespace RecoService.Lab.Evaluating;

/// <summary>The headline measure as horizontal bars, a chart per part in one SVG; a mark shows the published figure where there is one.</summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int LabelWidth = 190;
    private const int ValueWidth = 90;
    private const int RowHeight = 26;
    private const int BarHeight = 16;
    private const int HeadHeight = 58;
    private const int Gap = 24;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Write(EvaluationReport report)
    {
        var charts = new List<XElement>();
        var top = Gap;
        foreach (var part in report.Parts)
        {
            var bars = BarsOf(part);
            charts.Add(Chart($"{report.Data}: {part.Name}", part, bars, top));
            top += HeadHeight + (bars.Count * RowHeight) + Gap;
        }

        var svg = new XElement(
            Svg + "svg", new XAttribute("width", Width), new XAttribute("height", top), new XAttribute("viewBox", Text($"0 0 {Width} {top}")),
            new XAttribute("font-family", "system-ui, sans-serif"), new XAttribute("font-size", 13), new XAttribute("role", "img"),
            new XElement(Svg + "title", report.Data), new XElement(Svg + "rect", new XAttribute("width", Width), new XAttribute("height", top), new XAttribute("fill", "#ffffff")), charts);
        return new XDocument(new XDeclaration("1.0", "utf-8", null), svg).Declaration + "\n" + svg + "\n";
    }

    private static List<Bar> BarsOf(PartReport part)
    {
        var ours = part.Rows.Select(row => new Bar(
            row.Recommender, row.Values?.GetValueOrDefault(part.Headline), row.Published?.Values.TryGetValue(part.Headline, out var printed) == true ? printed : null, row.Failure is not null));
        var others = part.Literature.Where(row => row.Values.ContainsKey(part.Headline)).Select(row => new Bar($"({row.Name})", null, row.Values[part.Headline], Failed: false));
        return [.. ours, .. others];
    }

    private static XElement Chart(string title, PartReport part, List<Bar> bars, int top)
    {
        var largest = bars.Max(bar => Math.Max(bar.Value ?? 0, bar.Published ?? 0));
        var scale = (Width - LabelWidth - ValueWidth) / (largest > 0 ? largest : 1);
        var chart = new XElement(
            Svg + "g", new XAttribute("transform", Text($"translate(0 {top})")),
            Label(16, 18, title, "#1f2933", bold: true),
            Label(16, 38, $"{part.Headline}, {(part.HigherIsBetter ? "higher" : "lower")} is better; the dark line is the published figure", "#52606d"));
        for (var position = 0; position < bars.Count; position++)
            chart.Add(RowOf(bars[position], HeadHeight + (position * RowHeight), scale));
        return chart;
    }

    private static IEnumerable<XElement> RowOf(Bar bar, int top, double scale)
    {
        var middle = top + (BarHeight / 2) + 4;
        yield return Label(LabelWidth - 8, middle, bar.Name, "#1f2933", anchor: "end");
        if (bar.Value is { } value)
            yield return Box(LabelWidth, top, value * scale, BarHeight, "#4c8bbf");
        if (bar.Published is { } published)
            yield return Box(LabelWidth + (published * scale) - 1.5, top - 3, 3, BarHeight + 6, "#1f2933");
        var end = LabelWidth + (Math.Max(bar.Value ?? 0, bar.Published ?? 0) * scale) + 8;
        yield return Label(end, middle, bar.Failed ? "failed" : Text($"{bar.Value ?? bar.Published:0.0000}"), "#1f2933");
    }

    private static XElement Box(double left, double top, double width, double height, string fill) => new(
        Svg + "rect", new XAttribute("x", Text($"{left:0.#}")), new XAttribute("y", Text($"{top:0.#}")),
        new XAttribute("width", Text($"{width:0.#}")), new XAttribute("height", Text($"{height:0.#}")), new XAttribute("fill", fill));

    private static XElement Label(double left, double top, string text, string fill, string anchor = "start", bool bold = false) => new(
        Svg + "text", new XAttribute("x", Text($"{left:0.#}")), new XAttribute("y", Text($"{top:0.#}")), new XAttribute("text-anchor", anchor), new XAttribute("fill", fill),
        bold ? new XAttribute("font-weight", "600") : null, text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Bar(string Name, double? Value, double? Published, bool Failed);
}
