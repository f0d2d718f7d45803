using RecoService.Api.Settings;

namespace RecoService.Api.Workers;

/// <summary>Workers that stand beside the service, each in a folder of its own below <c>workers</c>.</summary>
internal static class InstalledWorkers
{
    /// <summary>The configured workers and those that are installed; what is configured of one of these wins.</summary>
    /// <param name="configured">By name.</param>
    /// <param name="root">Where their folders are; null: beside the service.</param>
    /// <returns>Per worker how it is started, and a file with its description; one that is not installed has no command.</returns>
    public static Dictionary<string, (WorkerSettings Settings, string? DescriptionFile)> Among(IReadOnlyDictionary<string, WorkerSettings> configured, string? root = null)
    {
        var all = configured.ToDictionary(entry => entry.Key, entry => (entry.Value, (string?)null), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, assembly) in WorkerSettings.InFolders)
        {
            var folder = FolderOf(name, root);
            var settings = all.GetValueOrDefault(name).Item1 ?? new WorkerSettings();
            if (settings.Command.Length > 0 || !File.Exists(Path.Combine(folder, assembly)))
                continue;

            // A start must not take the time of another; what the program prints stands in a file beside it.
            var description = Path.Combine(folder, "describe.json");
            settings.Command = DotnetHost();
            settings.Arguments = [Path.Combine(folder, assembly), .. settings.Arguments];
            all[name] = (settings, File.Exists(description) ? description : null);
        }

        return all;
    }

    public static string FolderOf(string name, string? root = null) => Path.Combine(root ?? Path.Combine(AppContext.BaseDirectory, "workers"), name.ToLowerInvariant());

    /// <summary>The program that runs this one, or that belongs to the runtime which does.</summary>
    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } path && Path.GetFileName(path) == name)
            return path;
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
    }
}
