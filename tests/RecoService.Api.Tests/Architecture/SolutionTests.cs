using System.Text.RegularExpressions;

namespace RecoService.Api.Tests.Architecture;

public sealed partial class SolutionTests
{
    [Fact]
    public void Solution_Projects_AreThoseOfSrcAndTests()
    {
        var onDisk = Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj"));
        var inSolution = ProjectPath().Matches(Repository.Read("RecoService.sln")).Select(match => match.Groups["path"].Value.Replace('\\', '/'));

        Assert.Equal(onDisk.Order(StringComparer.Ordinal), inSolution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Source_Folders_AreTheKnownProjects() =>
        Assert.Equal(
            Repository.SourceProjects.Select(project => $"src/{project}/{project}.csproj"),
            Repository.Files("src", "*.csproj"));

    [Fact]
    public void Dockerfile_RestoreLayer_CopiesEverySourceProject()
    {
        var dockerfile = Repository.Read("Dockerfile").Split('\n');

        Assert.All(Repository.Files("src", "*.csproj"), project => Assert.Contains($"COPY {project} {Path.GetDirectoryName(project)}/", dockerfile));
    }

    [GeneratedRegex("""= "[^"]+", "(?<path>[^"]+\.csproj)",""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ProjectPath();
}
