using System.Reflection;
using System.Xml.Linq;

namespace RecoService.Api.Tests.Architecture;

/// <summary>The checked-out repository and the assemblies built from its src folder.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static readonly IReadOnlyList<string> SourceProjects = ["RecoService.Api", "RecoService.Console", "RecoService.Engine", "RecoService.Lab", "RecoService.MlNet", "RecoService.Neural", "RecoService.Storage"];

    /// <summary>Those that stand beside the tests; a worker that is not installed by itself does not.</summary>
    public static IEnumerable<Assembly> SourceAssemblies => SourceProjects.Where(project => project != "RecoService.Neural").Select(Load);

    /// <summary>The assembly of a project; that of a worker stands in a folder of its own.</summary>
    public static Assembly Load(string project) => Path.Combine(AppContext.BaseDirectory, "workers", project.Split('.')[1].ToLowerInvariant(), project + ".dll") is var worker && File.Exists(worker)
        ? Assembly.LoadFrom(worker)
        : Assembly.Load(project);

    public static XDocument ProjectFile(string project) => XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));

    /// <summary>Files below a folder of the repository as paths relative to its root with forward slashes; build output left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        from path in Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path).Replace('\\', '/')
        where !relative.Split('/').Any(part => part is "bin" or "obj")
        orderby relative
        select relative;

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RecoService.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No RecoService.sln in or above {AppContext.BaseDirectory}.");
    }
}
