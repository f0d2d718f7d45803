using System.Diagnostics;

namespace RecoService.Api.Retraining;

/// <summary>Names this process in a lease, so that another one on the same machine can tell that it is gone without waiting for the lease to run out.</summary>
internal static class ProcessIdentity
{
    public static string Current { get; } = Of(Process.GetCurrentProcess());

    /// <summary>True only when the holder ran on this machine and runs no more.</summary>
    public static bool IsDead(string holder)
    {
        var parts = holder.Split('/');
        if (parts.Length != 3 || parts[0] != Environment.MachineName || !int.TryParse(parts[1], out var processId))
            return false;
        try
        {
            // A process id is given out again, in a container the same one at every start; the start time is not.
            using var process = Process.GetProcessById(processId);
            return Of(process) != holder;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static string Of(Process process) =>
        $"{Environment.MachineName}/{process.Id}/{process.StartTime.ToUniversalTime().Ticks}";
}
