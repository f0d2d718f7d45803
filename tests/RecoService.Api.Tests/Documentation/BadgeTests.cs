using System.Xml.Linq;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>The badges of README say what the repository's own files do.</summary>
public sealed class BadgeTests
{
    [Theory]
    [InlineData("licence")]
    [InlineData("dotnet")]
    [InlineData("version")]
    public void Badge_OfAFile_SaysWhatTheFileDoes(string name) => GeneratedText.HoldAll($"docs/badges/{name}.svg", Badge(name));

    private static string Badge(string name) => name switch
    {
        "licence" => Badge("licence", Repository.Read("LICENSE").Split('\n')[0].Split(' ')[0], "#2f855a"),
        "dotnet" => Badge(".NET", Property("TargetFramework").Replace("net", "", StringComparison.Ordinal), "#5b3fb5"),
        _ => Badge("version", Property("Version"), "#2b6cb0"),
    };

    private static string Property(string name) => XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants(name).Single().Value;

    private static string Badge(string label, string value, string colour)
    {
        const int sign = 7, margin = 12;
        var (left, right) = ((label.Length * sign) + margin, (value.Length * sign) + margin);
        return $"""
            <svg width="{left + right}" height="20" role="img" aria-label="{label}: {value}" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" xmlns="http://www.w3.org/2000/svg">
              <clipPath id="round"><rect width="{left + right}" height="20" rx="3" /></clipPath>
              <g clip-path="url(#round)">
                <rect width="{left}" height="20" fill="#4a5568" />
                <rect x="{left}" width="{right}" height="20" fill="{colour}" />
              </g>
              <text x="{left / 2}" y="14" text-anchor="middle" fill="#ffffff">{label}</text>
              <text x="{left + (right / 2)}" y="14" text-anchor="middle" fill="#ffffff">{value}</text>
            </svg>

            """;
    }
}
