using System.Collections.Concurrent;

namespace RecoService.Api.Diagnosing;

/// <summary>An import under way.</summary>
internal sealed class RunningImport(long number, string key, string target, DateTimeOffset startedAt)
{
    private long lines;
    private long invalid;

    public long Number => number;

    /// <summary>The name of the key.</summary>
    public string Key => key;

    public string Target => target;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Rows read so far, in steps of some thousands.</summary>
    public long Lines => Interlocked.Read(ref lines);

    /// <summary>Bad ones among them.</summary>
    public long Invalid => Interlocked.Read(ref invalid);

    public void Report(long read, long bad)
    {
        Interlocked.Exchange(ref lines, read);
        Interlocked.Exchange(ref invalid, bad);
    }
}

/// <summary>The imports under way in this process.</summary>
internal sealed class RunningImports(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, RunningImport> running = new();
    private long last;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<RunningImport> All => [.. running.Values.OrderBy(import => import.Number)];

    public RunningImport Begin(string key, string target)
    {
        var import = new RunningImport(Interlocked.Increment(ref last), key, target, time.GetUtcNow());
        running[import.Number] = import;
        return import;
    }

    public void End(RunningImport import) => running.TryRemove(import.Number, out _);
}
