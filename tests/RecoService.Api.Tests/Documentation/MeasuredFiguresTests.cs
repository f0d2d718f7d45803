using System.Text.RegularExpressions;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>README and its picture show no figure that the pages of measurements do not.</summary>
public sealed partial class MeasuredFiguresTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/overview.svg")]
    public void Page_Figures_StandInTheMeasurements(string page)
    {
        var measured = Figures(Repository.Read("docs/algorithms.md") + Repository.Read("docs/performance.md"));
        var text = Repository.Read(page);
        var shown = page == "README.md" ? text.Split("\n## ").Single(section => section.StartsWith("What it reaches", StringComparison.Ordinal)) : string.Join(' ', Texts().Matches(text).Select(match => match.Value));

        var figures = Figures(shown);

        Assert.True(figures.Count >= 11, $"{page} shows {figures.Count} figures.");
        Assert.All(figures, figure => Assert.Contains(figure, measured));
    }

    private static HashSet<string> Figures(string text) => [.. Numbers().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"\b\d{1,3}(?:,\d{3})+\b|\b\d+\.\d+\b", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(">[^<>]+</text>", RegexOptions.None, 1000)]
    private static partial Regex Texts();
}
