namespace RecoService.WebConsole.Charts;

/// <summary>A point of a line, or a bar.</summary>
/// <param name="Label">Where it stands, as a day or a name.</param>
/// <param name="Value">Null where nothing is known; the line has a gap there.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end.</param>
public sealed record ChartPoint(string Label, double? Value, double? Low = null, double? High = null);

/// <summary>A line of a chart.</summary>
/// <param name="Name">In the legend and in the table.</param>
/// <param name="Points">From left to right; all lines of a chart have the same places.</param>
/// <param name="IsBefore">Of another period, drawn paler.</param>
public sealed record ChartLine(string Name, IReadOnlyList<ChartPoint> Points, bool IsBefore = false);
