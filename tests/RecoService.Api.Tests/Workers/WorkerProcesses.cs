using System.Text;

namespace RecoService.Api.Tests.Workers;

/// <summary>Which processes run.</summary>
internal static class WorkerProcesses
{
    /// <summary>The command lines of the processes that train and have a text in it; empty where there is no /proc.</summary>
    public static IReadOnlyList<string> With(string text) => !Directory.Exists("/proc") ? [] :
    [
        .. Directory.EnumerateDirectories("/proc").Select(CommandOf).OfType<string>().Where(command => command.Contains(text, StringComparison.Ordinal)),
    ];

    private static string? CommandOf(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
