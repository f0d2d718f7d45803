using System.Text.RegularExpressions;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>The page of security names a test for each of its promises, and the tests exist.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly Type[] TestClasses = [.. typeof(SecurityPageTests).Assembly.GetTypes().Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal))];

    private static List<string> Rows => [.. Repository.Read("docs/security.md").Split('\n').Where(line => line.StartsWith("| API", StringComparison.Ordinal))];

    [Fact]
    public void Table_HasARowForEachOfTheTenRisks() =>
        Assert.Equal(Enumerable.Range(1, 10).Select(number => $"API{number}"), Rows.Select(row => row.Split(' ')[1]));

    [Fact]
    public void Tests_OfEveryRow_Exist()
    {
        foreach (var row in Rows)
        {
            var named = NamedTest().Matches(row.Split('|')[3]).Select(match => match.Groups["test"].Value).ToList();
            Assert.True(named.Count >= 1, row);
            Assert.All(named, test => Assert.True(Exists(test), $"{test} of {row} is no test."));
        }

        Assert.All(NamedTest().Matches(Repository.Read("docs/security.md")), match => Assert.True(Exists(match.Groups["test"].Value), match.Value));
    }

    [Theory]
    [InlineData("SecurityPageTests", true)]
    [InlineData("SecurityPageTests.Tests_OfEveryRow_Exist", true)]
    [InlineData("SecurityPageTests.Nothing_OfThisName_Exists", false)]
    [InlineData("SecurityPageTests.Exists", false)]
    [InlineData("NoSuchTests", false)]
    public void Exists_OfNames_TellsTestsFromOthers(string name, bool expected) => Assert.Equal(expected, Exists(name));

    [Fact]
    public void Scopes_ThatThePageNames_AreGroups() => Assert.Subset(KeyScopes.All.ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "recommendations", "items", "model-runs", "interactions" });

    private static bool Exists(string name)
    {
        var parts = name.Split('.');
        var known = TestClasses.Where(type => type.Name == parts[0]).ToList();
        return parts.Length == 1 ? known.Count > 0 : known.Exists(type => type.GetMethods().Any(method => method.Name == parts[1] && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0));
    }

    [GeneratedRegex(@"`(?<test>[A-Za-z]+Tests(\.[A-Za-z0-9_]+)?)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedTest();
}
