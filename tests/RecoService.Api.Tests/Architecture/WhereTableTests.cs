using System.Text.RegularExpressions;

namespace RecoService.Api.Tests.Architecture;

/// <summary>The table "Where is …?" of docs/architecture.md answers with paths that exist.</summary>
public sealed partial class WhereTableTests
{
    private const string Page = "docs/architecture.md";

    [Fact]
    public void Table_EveryPath_Exists()
    {
        var paths = Rows().SelectMany(row => InCode().Matches(row).Select(match => match.Groups["code"].Value)).Where(code => code.Contains('/', StringComparison.Ordinal)).ToList();

        Assert.InRange(paths.Count, 20, 200);
        Assert.DoesNotContain(paths, path => !Exists($"src/RecoService.{path}"));
    }

    /// <summary>A name after a folder is one in it: a file, a folder, or something that a file of it declares.</summary>
    [Fact]
    public void Table_EveryOtherName_IsFoundInTheSource()
    {
        var source = string.Concat(Repository.Files("src", "*.cs").Select(Repository.Read));
        var names = Rows().SelectMany(row => InCode().Matches(row.Split('|')[2]).Select(match => match.Groups["code"].Value)).Where(code => !code.Contains('/', StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => !source.Contains(name.Split('.')[^1] == "cs" ? name[..^3] : name.Split('.')[^1], StringComparison.Ordinal));
    }

    [Fact]
    public void Table_EveryLink_LeadsToAPage() =>
        Assert.DoesNotContain(Rows().SelectMany(row => Link().Matches(row).Select(match => match.Groups["page"].Value)), page => !Exists($"docs/{page}"));

    private static IEnumerable<string> Rows()
    {
        var lines = Repository.Read(Page).Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith("Where is", StringComparison.Ordinal));
        Assert.True(start >= 0, $"{Page} has lost its table.");
        return lines[start..].SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith('|'));
    }

    private static bool Exists(string path) => Path.Combine(Repository.Root, path) is var full && (File.Exists(full) || Directory.Exists(full));

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex InCode();

    [GeneratedRegex(@"\]\((?<page>[^)]+)\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
