using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RecoService.Api.Status;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>CHANGELOG.md keeps the form of Keep a Changelog 1.1.0, and its newest version is that of the build.</summary>
public sealed partial class ChangelogTests
{
    private static readonly string[] Sections = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    private static readonly List<Match> Releases = [.. Release().Matches(Repository.Read("CHANGELOG.md")).Cast<Match>()];

    [Fact]
    public void Newest_Version_IsThatOfTheBuildAndTheService()
    {
        var build = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Equal(build, Releases[0].Groups["version"].Value);
        Assert.Equal(build, ServiceEndpoint.Version);
    }

    [Fact]
    public void Version_IsSetInOnePlace()
    {
        var projects = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")).Concat(Repository.Files("tests", "*.props"));

        Assert.All(projects, project => Assert.DoesNotContain(XDocument.Parse(Repository.Read(project)).Descendants(), node => node.Name.LocalName is "Version" or "AssemblyVersion" or "FileVersion"));
    }

    [Fact]
    public void Releases_OldToNew_AscendInVersionAndTime()
    {
        var versions = Releases.ConvertAll(release => Version.Parse(release.Groups["version"].Value));
        var days = Releases.ConvertAll(release => DateOnly.ParseExact(release.Groups["day"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture));

        Assert.Equal(versions.OrderDescending(), versions);
        Assert.Equal(days.OrderDescending(), days);
        Assert.Distinct(versions);
    }

    [Fact]
    public void Sections_OfReleases_AreThoseOfTheForm()
    {
        var page = Repository.Read("CHANGELOG.md");

        Assert.Equal(Releases.Count + 1, page.Split("\n## ").Length - 1);
        Assert.All(page.Split('\n').Where(line => line.StartsWith("### ", StringComparison.Ordinal)), line => Assert.Contains(line[4..], Sections));
    }

    [GeneratedRegex(@"^## \[(?<version>\d+\.\d+\.\d+)\] - (?<day>\d{4}-\d{2}-\d{2})$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Release();
}
