using RecoService.Api.Tests.Architecture;
using RecoService.Api.Workers;

namespace RecoService.Api.Tests.Workers;

/// <summary>The worker in tests/SampleWorker, which is Python and knows nothing of this solution.</summary>
internal static class SampleWorker
{
    public const string Trainer = "item-counts";

    public static string Script { get; } = Path.Combine(Repository.Root, "tests", "SampleWorker", "worker.py");

    /// <summary>As the configuration names it, with its trainer as the recommender.</summary>
    public static string[] Settings { get; } =
    [
        "--Reco:Workers:sample:Command=python3", $"--Reco:Workers:sample:Arguments:0={Script}", "--Reco:Workers:sample:MaxMemoryMiB=300",
        $"--Reco:Retraining:Recommender={Trainer}", "--Reco:Retraining:Threads=1",
    ];

    public static string[] Misbehaving(string how, params string[] settings) => [.. Settings, $"--Reco:Trainers:{Trainer}:misbehave={how}", .. settings];

    /// <summary>A training that does not begin before this file is there.</summary>
    public static string[] WaitingFor(string file) =>
    [
        .. Settings, "--Reco:Workers:sample:Command=/bin/sh", "--Reco:Workers:sample:Arguments:0=-c",
        $"--Reco:Workers:sample:Arguments:1=while [ \"$1\" = train ] && [ ! -e '{file}' ]; do sleep 0.05; done; exec python3 '{Script}' \"$@\"", "--Reco:Workers:sample:Arguments:2=worker",
    ];

    /// <summary>A shell that runs a script in place of a worker.</summary>
    public static WorkerProgram Shell(string script, long maxMemory = 1L << 30, TimeSpan? maxDuration = null) =>
        new("shell", "/bin/sh", ["-c", script, "worker"], maxMemory, maxDuration ?? TimeSpan.FromSeconds(30));
}
