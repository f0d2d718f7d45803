using System.Reflection;

namespace RecoService.Api.Tests.Architecture;

/// <summary>References run one way: Api -> Storage -> Engine, Api -> Lab -> Engine, Api -> Console. The console knows the calls of the API and nothing behind them. The workers MlNet and Neural reference nothing; MlNet is built with Api, Neural only where it is asked for.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] WebAndDatabase =
    [
        "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
        "Microsoft.Data.Sqlite", "SQLitePCLRaw", "Npgsql",
    ];

    public static TheoryData<string, string[]> Allowed() => new()
    {
        { "RecoService.Api", ["RecoService.Console", "RecoService.Engine", "RecoService.Lab", "RecoService.MlNet", "RecoService.Neural", "RecoService.Storage"] },
        { "RecoService.Console", [] },
        { "RecoService.Storage", ["RecoService.Engine"] },
        { "RecoService.Lab", ["RecoService.Engine"] },
        { "RecoService.MlNet", [] },
        { "RecoService.Engine", [] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void ProjectFile_References_AreExactlyTheAllowedProjects(string project, string[] allowed)
    {
        var references = Repository.ProjectFile(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);

        Assert.Equal(allowed, references);
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Assembly_References_AreAmongTheAllowedProjects(string project, string[] allowed)
    {
        var references = ReferencesOf(project).Where(name => name.StartsWith("RecoService.", StringComparison.Ordinal));

        Assert.Empty(references.Except(allowed.Where(name => name is not ("RecoService.MlNet" or "RecoService.Neural")), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("RecoService.Engine")]
    [InlineData("RecoService.Lab")]
    [InlineData("RecoService.MlNet")]
    public void Assembly_OfALibrary_KnowsNoWebAndNoDatabase(string project)
    {
        var packages = Repository.ProjectFile(project).Descendants()
            .Where(element => element.Name.LocalName is "PackageReference" or "FrameworkReference")
            .Select(reference => reference.Attribute("Include")!.Value);

        Assert.DoesNotContain(ReferencesOf(project).Concat(packages), IsWebOrDatabase);
        Assert.Equal("Microsoft.NET.Sdk", Repository.ProjectFile(project).Root!.Attribute("Sdk")!.Value);
    }

    [Fact]
    public void ProjectFile_OfTheHost_TakesNeuralNetworksOnlyWhereAsked()
    {
        var reference = Repository.ProjectFile("RecoService.Api").Descendants("ProjectReference").Single(reference => reference.Attribute("Include")!.Value.Contains("Neural", StringComparison.Ordinal));

        Assert.Equal("'$(EnableNeural)' == 'true'", reference.Attribute("Condition")!.Value);
        Assert.Equal("false", reference.Attribute("ReferenceOutputAssembly")!.Value);
        Assert.Empty(Repository.ProjectFile("RecoService.Neural").Descendants("ProjectReference"));
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "workers", "neural")));
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "*orch*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Assembly_OfStorage_KnowsNoWeb() =>
        Assert.DoesNotContain(ReferencesOf("RecoService.Storage"), name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static bool IsWebOrDatabase(string name) => WebAndDatabase.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static IEnumerable<string> ReferencesOf(string project) => Repository.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!);
}
