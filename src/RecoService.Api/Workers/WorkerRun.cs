using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RecoService.Api.Workers;

/// <summary>
/// One call of a worker: starts it, hands on what it writes, keeps it within its bounds, and leaves nothing of it behind. It reads with threads of its own and
/// blocks the caller, which is a training thread.
/// </summary>
/// <param name="program">What is started.</param>
/// <param name="time">The clock of its bounds.</param>
internal sealed class WorkerRun(WorkerProgram program, TimeProvider time)
{
    /// <summary>A longer line is cut, and so is no JSON.</summary>
    private const int MaxLine = 1 << 20;
    private const int MaxComplaint = 400;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <param name="arguments">What follows the program's own arguments.</param>
    /// <param name="maxDuration">How long it may take.</param>
    /// <param name="maxMemory">Bytes that it and its children may hold together.</param>
    /// <param name="onLine">Told every line of standard output; what it throws ends the worker.</param>
    /// <param name="failure">What the worker itself said is wrong, asked when it has failed; null for nothing.</param>
    /// <param name="cancellationToken">Ends the worker.</param>
    /// <exception cref="WorkerException">It could not be started, broke a bound, or ended with a failure.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run(
        IReadOnlyList<string> arguments, TimeSpan maxDuration, long maxMemory, Action<string> onLine, Func<string?> failure, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        var group = new ProcessGroup(process);
        using var lines = new BlockingCollection<string>(boundedCapacity: 64);
        using var ended = new CancellationTokenSource();
        var output = Read(process.StandardOutput, line => lines.Add(line, ended.Token), lines.CompleteAdding);
        var errors = new StringBuilder();
        var complaints = Read(process.StandardError, line => Keep(errors, line), () => { });
        try
        {
            Follow(process, group, lines, maxDuration, maxMemory, onLine, cancellationToken);
        }
        catch (Exception)
        {
            AskToEnd(process, group);
            throw;
        }
        finally
        {
            group.End();
            process.WaitForExit(Grace);
            ended.Cancel();
            output.Join(Grace);
            complaints.Join(Grace);
        }

        if (process.ExitCode != 0)
            throw new WorkerException($"{EndOf(process.ExitCode)}{(failure() ?? LastOf(errors)) switch { { } reason => $": {reason}", null => " and said nothing" }}.");
    }

    private void Follow(
        Process process, ProcessGroup group, BlockingCollection<string> lines, TimeSpan maxDuration, long maxMemory, Action<string> onLine, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var looked = Stopwatch.GetTimestamp();
        while (!lines.IsCompleted || !process.HasExited)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (lines.IsCompleted)
                process.WaitForExit(LookEvery);
            else if (lines.TryTake(out var line, LookEvery))
                onLine(line);
            else if (process.HasExited)
                // What it left running may hold its output open; that is no reason to wait.
                group.End();
            if (time.GetElapsedTime(started) > maxDuration)
                throw new WorkerException($"it took longer than {maxDuration:c}, its bound, and was ended");
            // A look goes through the whole tree of processes, which is too much for every line of one that says much.
            if (Stopwatch.GetElapsedTime(looked) < LookEvery)
                continue;
            looked = Stopwatch.GetTimestamp();
            if (group.ResidentBytes() is var bytes && bytes > maxMemory)
            {
                group.End();
                throw new WorkerException($"it took {bytes >> 20} MiB of memory, more than its bound of {maxMemory >> 20} MiB, and was ended");
            }
        }
    }

    private Process Start(IReadOnlyList<string> arguments)
    {
        if (Path.IsPathRooted(program.Command) ? !File.Exists(program.Command) : !IsOnPath(program.Command))
            throw new WorkerException($"there is no program '{program.Command}'");
        var start = ProcessGroup.StartInfo(program.Command, [.. program.Arguments, .. arguments]);
        // What the service knows of keys and passwords is not for the programs it starts.
        foreach (var secret in start.Environment.Keys.Where(name => name.StartsWith("Reco__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Reco:", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(secret);
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException)
        {
            throw new WorkerException($"it could not be started: {exception.Message}");
        }
    }

    private static bool IsOnPath(string command) =>
        command.Contains('/') ? File.Exists(command)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(Environment.CurrentDirectory).Any(folder =>
            new[] { command, command + ".exe" }.Any(name => File.Exists(Path.Combine(folder, name))));

    private static void AskToEnd(Process process, ProcessGroup group)
    {
        if (process.HasExited)
            return;
        group.AskToEnd();
        process.WaitForExit(Grace);
    }

    private static Thread Read(StreamReader reader, Action<string> onLine, Action onEnd)
    {
        var thread = new Thread(() =>
        {
            try
            {
                ReadLines(reader, onLine);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                // The pipe broke with the worker, or nobody listens any more.
            }

            onEnd();
        })
        { IsBackground = true, Name = "worker output" };
        thread.Start();
        return thread;
    }

    private static void ReadLines(StreamReader reader, Action<string> onLine)
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        while (reader.Read(buffer) is > 0 and var count)
        {
            foreach (var letter in buffer.AsSpan(0, count))
            {
                if (letter != '\n' && line.Length < MaxLine)
                {
                    line.Append(letter);
                    continue;
                }

                onLine(line.ToString());
                line.Clear();
                if (letter != '\n')
                    line.Append(letter);
            }
        }

        if (line.Length > 0)
            onLine(line.ToString());
    }

    private static void Keep(StringBuilder errors, string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (errors)
            errors.Clear().Append(line);
    }

    private static string? LastOf(StringBuilder errors)
    {
        lock (errors)
            return errors.Length == 0 ? null : Readable(errors.ToString());
    }

    /// <summary>What a worker wrote, fit for a message: one line, not too long, nothing that a terminal would obey.</summary>
    public static string Readable(string text)
    {
        var cut = text.Length > MaxComplaint ? text[..MaxComplaint] + " ..." : text;
        return new string([.. cut.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) || letter == '\uFFFD' ? '?' : letter)]).Trim();
    }

    private static string EndOf(int code) => code is > 128 and <= 192 ? $"it was ended by signal {code - 128}" : $"it ended with exit code {code}";
}
