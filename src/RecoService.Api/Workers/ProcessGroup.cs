using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RecoService.Api.Workers;

/// <summary>A started process and what it starts: a session of its own where the system has <c>setsid</c>, so that a signal reaches all of it.</summary>
internal sealed class ProcessGroup(Process root)
{
    /// <summary>Of 0 (ordinary) to 19 (only when nobody else wants the core).</summary>
    private const int Niceness = 10;
    private const int Terminate = 15;
    private const int KillSignal = 9;

    private readonly int rootId = root.Id;

    /// <summary>How a program is started so: at low priority, in a session of its own.</summary>
    /// <param name="command">A path, or a name on the PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfo(string command, IEnumerable<string> arguments)
    {
        List<string> words = [command, .. arguments];
        if (OperatingSystem.IsLinux())
        {
            // Both replace themselves by what they start, so the process is the worker's own.
            if (Niceness - GetPriority(which: 0, who: 0) is > 0 and var step && Find("nice") is { } nice)
                words.InsertRange(0, [nice, "-n", step.ToString(CultureInfo.InvariantCulture)]);
            if (Find("setsid") is { } setsid)
                words.Insert(0, setsid);
        }

        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        return start;
    }

    /// <summary>Bytes that the process and its descendants hold in memory; pages that several share count for each.</summary>
    public long ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            root.Refresh();
            return root.HasExited ? 0 : root.WorkingSet64;
        }

        var all = Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(folder => TryReadStat(Path.Combine(folder, "stat"))).OfType<Stat>().ToDictionary(stat => stat.Id);
        return all.Values.Where(IsMember).Sum(stat => stat.Pages) * Environment.SystemPageSize;

        bool IsMember(Stat stat)
        {
            Stat? next = stat;
            while (next is not null && next.Id != rootId && next.Session != rootId)
                next = all.GetValueOrDefault(next.Parent);
            return next is not null;
        }
    }

    /// <summary>Asks all of it to end.</summary>
    public void AskToEnd()
    {
        if (!OperatingSystem.IsWindows() && Kill(-rootId, Terminate) != 0)
            _ = Kill(rootId, Terminate);
    }

    /// <summary>Ends all of it, also what is left after the process itself has ended.</summary>
    public void End()
    {
        if (!OperatingSystem.IsWindows())
            _ = Kill(-rootId, KillSignal);
        if (!root.HasExited)
            root.Kill(entireProcessTree: true);
    }

    private static string? Find(string name) => new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Null for what is no process, or none any more.</summary>
    private static Stat? TryReadStat(string path)
    {
        try
        {
            // "id (name) state parent group session ...": the name may hold anything, so what follows is counted from its last bracket.
            var text = File.ReadAllText(path);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Stat(Number(text[..text.IndexOf(' ')]), Number(fields[1]), Number(fields[3]), long.Parse(fields[21], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);

    private sealed record Stat(int Id, int Parent, int Session, long Pages);
}
