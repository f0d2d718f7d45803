namespace RecoService.Api.Tests.Architecture;

/// <summary>Time and randomness come in from outside: the build bans the ways around it, and nothing may lift the ban.</summary>
public sealed class BannedApiTests
{
    private const string BannedApiRule = "RS0030";

    [Theory]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Random.#ctor")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    public void BannedSymbols_List_NamesIt(string symbol) =>
        Assert.Contains(Repository.Read("BannedSymbols.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Fact]
    public void Build_EveryProject_UsesTheListWithWarningsAsErrors()
    {
        var build = Repository.Read("Directory.Build.props");

        Assert.Contains("BannedSymbols.txt", build, StringComparison.Ordinal);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", build, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", build, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_AndSettings_DoNotLiftTheBan()
    {
        string[] settings = [".editorconfig", "Directory.Build.props", "Directory.Packages.props", "tests/Directory.Build.props"];
        var files = Repository.Files("src", "*.cs")
            .Concat(Repository.Files("src", "*.csproj"))
            .Concat(Repository.Files("tests", "*.csproj"))
            .Concat(settings);

        Assert.DoesNotContain(files, file => Repository.Read(file).Contains(BannedApiRule, StringComparison.Ordinal));
    }
}
