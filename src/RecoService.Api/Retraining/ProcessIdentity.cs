using System.Diagnostics;

namespace RecoService.Api.Retraining;

/// <summary>Names this process in a lease, so that another one on the same machine can tell that it is gone without waiting for the lease to run out.</summary>
internal static class ProcessIdentity
{
    /// <summary>Where start times are derived from clocks, two processes may see the same one a little differently.</summary>
    private static readonly long Blur = TimeSpan.TicksPerSecond;

    public static string Current { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{StartOf(Environment.ProcessId)}";

    /// <summary>True only when the holder ran on this machine and runs no more.</summary>
    public static bool IsDead(string holder)
    {
        var parts = holder.Split('/');
        if (parts.Length != 3 || parts[0] != Environment.MachineName || !int.TryParse(parts[1], out var processId) || !long.TryParse(parts[2], out var started))
            return false;
        try
        {
            // A process id is given out again, in a container the same one at every start; the start time is not.
            return OperatingSystem.IsLinux() ? StartOf(processId) != started : Math.Abs(StartOf(processId) - started) > Blur;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IOException)
        {
            return true;
        }
    }

    /// <summary>On Linux the kernel's own count of clock ticks between its start and the process's, field 22 of proc(5) stat; elsewhere UTC ticks.</summary>
    private static long StartOf(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks;
        }

        // The second field is the program's name in parentheses and may hold anything; the fields after it are counted from its end.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]);
    }
}
