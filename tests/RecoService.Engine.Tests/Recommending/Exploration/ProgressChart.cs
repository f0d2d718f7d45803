using System.Globalization;
using System.Xml.Linq;

namespace RecoService.Engine.Tests.Recommending.Exploration;

/// <summary>Lines of progress over days as an SVG, in the look of the charts of <c>evaluate</c>.</summary>
internal static class ProgressChart
{
    private const int Width = 760;
    private const int Height = 300;
    private const int Left = 60;
    private const int Top = 64;
    private const int Right = 190;
    private const int Bottom = 44;
    private const double Highest = 1;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string[] Colours = ["#4c8bbf", "#c2703d", "#52606d", "#7a5ba8"];

    /// <param name="title">What is drawn.</param>
    /// <param name="subtitle">How to read it.</param>
    /// <param name="lines">A name and a value per day each, all of the same length; the highest first.</param>
    public static string Write(string title, string subtitle, IReadOnlyList<(string Name, double[] Values)> lines)
    {
        var days = lines[0].Values.Length;
        var svg = new XElement(
            Svg + "svg", new XAttribute("width", Width), new XAttribute("height", Height), new XAttribute("viewBox", $"0 0 {Width} {Height}"), new XAttribute("font-family", "system-ui, sans-serif"),
            new XAttribute("font-size", 13), new XAttribute("role", "img"), new XElement(Svg + "title", title),
            new XElement(Svg + "rect", new XAttribute("width", Width), new XAttribute("height", Height), new XAttribute("fill", "#ffffff")),
            Label(16, 24, title, "#1f2933", "start"), Label(16, 44, subtitle, "#52606d", "start"));
        foreach (var value in new[] { 0, 0.5, 0.9, 1 })
        {
            svg.Add(Label(Left - 8, Y(value) + 4, value.ToString("0.0", CultureInfo.InvariantCulture), "#52606d", "end"));
            svg.Add(new XElement(Svg + "line", At("x1", Left), At("x2", Width - Right), At("y1", Y(value)), At("y2", Y(value)), new XAttribute("stroke", value == 0.9 ? "#1f2933" : "#d9dee3")));
        }

        for (var day = 0; day <= days; day += 15)
            svg.Add(Label(X(day, days), Height - Bottom + 20, day == 0 ? "day 0" : day.ToString(CultureInfo.InvariantCulture), "#52606d", "middle"));
        var lowest = double.NegativeInfinity;
        for (var line = 0; line < lines.Count; line++)
        {
            var (name, values) = lines[line];
            var points = string.Join(' ', values.Prepend(0).Select((value, day) => string.Create(CultureInfo.InvariantCulture, $"{X(day, days):0.#},{Y(value):0.#}")));
            svg.Add(new XElement(Svg + "polyline", new XAttribute("points", points), new XAttribute("fill", "none"), new XAttribute("stroke", Colours[line]), new XAttribute("stroke-width", 2)));
            // Names of lines that end together stand below one another.
            lowest = Math.Max(Y(values[^1]) + 4, lowest + 16);
            svg.Add(Label(Width - Right + 8, lowest, name, Colours[line], "start"));
        }

        return new XDeclaration("1.0", "utf-8", null) + "\n" + svg + "\n";
    }

    private static double X(double day, int days) => Left + ((Width - Left - Right) * day / days);

    private static double Y(double value) => Top + ((Height - Top - Bottom) * (1 - (Math.Max(0, value) / Highest)));

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));

    private static XElement Label(double x, double y, string text, string colour, string anchor) =>
        new(Svg + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), new XAttribute("fill", colour), text);
}
