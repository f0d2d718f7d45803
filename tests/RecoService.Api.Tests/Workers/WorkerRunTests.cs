using RecoService.Api.Tests.Service;
using RecoService.Api.Workers;

namespace RecoService.Api.Tests.Workers;

/// <summary>What a program may do that is started as a worker, and what becomes of it.</summary>
public sealed class WorkerRunTests
{
    private const long Plenty = 1L << 30;

    [Fact]
    public void Run_Lines_AreHandedOnInOrderWithTheArguments() =>
        Assert.Equal(["train", "", "a folder", "last"], Run("echo \"$1\"; echo; echo \"$2\"; printf last", arguments: ["train", "a folder"]));

    [Theory]
    [InlineData("exit 0", null)]
    [InlineData("exit 3", "it ended with exit code 3 and said nothing.")]
    [InlineData("echo first >&2; echo the reason >&2; exit 4", "it ended with exit code 4: the reason.")]
    [InlineData("kill -9 $$", "it was ended by signal 9 and said nothing.")]
    public void Run_ExitCode_IsTheReason(string script, string? fault)
    {
        if (fault is null)
            Run(script);
        else
            Assert.Equal(fault, Assert.Throws<WorkerException>(() => Run(script)).Message);
    }

    [Fact]
    public void Run_NoSuchProgram_SaysSo()
    {
        var program = new WorkerProgram("none", "/no/such/program", [], Plenty, TimeSpan.FromSeconds(1));

        var exception = Assert.Throws<WorkerException>(() => new WorkerRun(program, TimeProvider.System).Run([], TimeSpan.FromSeconds(1), Plenty, _ => { }, () => null, CancellationToken.None));

        Assert.Equal("there is no program '/no/such/program'", exception.Message);
    }

    [Fact]
    public void Run_ListenerRefusesALine_EndsTheProgram()
    {
        var mark = Mark();

        Assert.Throws<InvalidOperationException>(() => Run($"echo line; : {mark}; exec sleep 1000", onLine: _ => throw new InvalidOperationException()));

        Assert.Empty(WorkerProcesses.With(mark));
    }

    [Fact]
    public void Run_EndlessLine_IsCutAndGivenOn()
    {
        var exception = Assert.Throws<WorkerException>(() => Run("tr '\\0' x < /dev/zero", onLine: line => throw new WorkerException($"{line.Length}")));

        Assert.Equal($"{1 << 20}", exception.Message);
    }

    [Fact]
    public void Run_TooLong_IsEndedWithAllItStarted()
    {
        var mark = Mark();

        var exception = Assert.Throws<WorkerException>(() => Run($"(: {mark}; trap '' TERM; while :; do sleep 0.1; done) & exec sleep 1000", maxDuration: TimeSpan.FromSeconds(1)));

        Assert.Contains("it took longer than 00:00:01", exception.Message, StringComparison.Ordinal);
        Assert.Empty(WorkerProcesses.With(mark));
    }

    [Fact]
    public void Run_ChildTakesTooMuchMemory_IsEnded()
    {
        const string script = "python3 -c 'import time; held = bytearray(200 << 20); time.sleep(1000)' & wait";

        var exception = Assert.Throws<WorkerException>(() => Run(script, maxMemory: 150L << 20));

        Assert.Contains("more than its bound of 150 MiB", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LeavesSomethingRunning_EndsThatToo()
    {
        var mark = Mark();

        Assert.Equal(["done"], Run($"(: {mark}; while :; do sleep 0.1; done) & echo done"));

        Assert.Empty(WorkerProcesses.With(mark));
    }

    [Fact]
    public async Task Run_Cancelled_AsksFirstAndThenEnds()
    {
        using var source = new CancellationTokenSource();
        var lines = new List<string>();
        var run = Task.Run(() => Run("trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.1; done", onLine: line =>
        {
            lock (lines)
                lines.Add(line);
        }, cancellationToken: source.Token));
        await Wait.UntilAsync(() =>
        {
            lock (lines)
                return Task.FromResult(lines.Contains("ready"));
        }, "the program runs");

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void Run_Priority_IsLowAndTheSessionItsOwn()
    {
        var (nice, session) = (Run("nice")[0], Run("cut -d' ' -f6 /proc/$$/stat; echo $$"));

        Assert.True(int.Parse(nice) >= 10, nice);
        Assert.Equal(session[0], session[1]);
    }

    [Fact]
    public void Run_SecretsOfTheService_AreNotHandedOn()
    {
        const string name = "Reco__Security__ApiKeys__9__Key";
        Environment.SetEnvironmentVariable(name, "a secret for nobody");
        try
        {
            Assert.Equal(["none"], Run($"printenv {name} || echo none"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(" a\tb\u001b[0m\uFFFD ", "a?b?[0m?")]
    public void Readable_ControlCharacters_AreReplaced(string text, string expected) => Assert.Equal(expected, WorkerRun.Readable(text));

    [Fact]
    public void Readable_LongText_IsCut() => Assert.Equal(404, WorkerRun.Readable(new string('x', 5000)).Length);

    private static string Mark() => $"mark-{Guid.NewGuid():N}";

    private static List<string> Run(
        string script, string[]? arguments = null, TimeSpan? maxDuration = null, long maxMemory = Plenty, Action<string>? onLine = null, CancellationToken cancellationToken = default)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The programs of these tests are scripts of a Linux shell.");
        var lines = new List<string>();
        new WorkerRun(SampleWorker.Shell(script), TimeProvider.System).Run(
            arguments ?? [], maxDuration ?? TimeSpan.FromMinutes(1), maxMemory, onLine ?? lines.Add, () => null, cancellationToken);
        return lines;
    }
}
