using RecoService.Api.Settings;

namespace RecoService.Api.Workers;

/// <summary>Workers that come with the service, in the folder <c>workers</c> beside it.</summary>
internal static class InstalledWorkers
{
    private const string Assembly = "RecoService.MlNet.dll";

    /// <summary>The configured workers and those that come with the service; what is configured of one of these wins.</summary>
    public static Dictionary<string, (WorkerSettings Settings, string? DescriptionFile)> Among(IReadOnlyDictionary<string, WorkerSettings> configured)
    {
        var all = configured.ToDictionary(entry => entry.Key, entry => (entry.Value, (string?)null), StringComparer.OrdinalIgnoreCase);
        var folder = Path.Combine(AppContext.BaseDirectory, "workers", WorkerSettings.MlNet);
        var settings = all.GetValueOrDefault(WorkerSettings.MlNet).Item1 ?? new WorkerSettings();
        if (settings.Command.Length > 0 || !File.Exists(Path.Combine(folder, Assembly)))
            return all;

        // A start must not take the time of another; what the program prints stands in a file beside it.
        var description = Path.Combine(folder, "describe.json");
        settings.Command = DotnetHost();
        settings.Arguments = [Path.Combine(folder, Assembly), .. settings.Arguments];
        all[WorkerSettings.MlNet] = (settings, File.Exists(description) ? description : null);
        return all;
    }

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
