using System.Text;
using System.Text.RegularExpressions;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>Links between the pages lead somewhere.</summary>
public sealed partial class PageLinksTests
{
    public static TheoryData<string> Pages() =>
        [.. Repository.Files("docs", "*.md").Concat(Repository.Files(".github", "*.md")).Concat(Directory.EnumerateFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)!))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_LinksToFilesAndHeadings_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(page)!;
        var targets = Links().Matches(Repository.Read(page)).Select(link => link.Groups["target"].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)).ToList();

        Assert.All(targets, target =>
        {
            var (path, heading) = (target.Split('#')[0], target.Split('#').ElementAtOrDefault(1));
            var file = path.Length == 0 ? page : Path.Combine(folder, path);
            Assert.True(Path.Exists(Path.Combine(Repository.Root, file)), $"{page} links to {target}, which is not there.");
            if (heading is not null)
                Assert.Contains(heading, Headings(Repository.Read(file)));
        });
    }

    [Fact]
    public void Headings_Marks_AreLeftOutAsGitHubDoes() =>
        Assert.Equal(["what-it-is", "settings-outside-of-reco", "security-apikeys"], Headings("# What it is\ntext\n## Settings outside of `Reco`\n## Security: ApiKeys\n"));

    private static List<string> Headings(string page) => [.. page.Split('\n').Where(line => line.StartsWith('#')).Select(Anchor)];

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var sign in heading.TrimStart('#').Trim())
        {
            if (char.IsLetterOrDigit(sign) || sign is '-' or '_')
                anchor.Append(char.ToLowerInvariant(sign));
            else if (sign == ' ')
                anchor.Append('-');
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
