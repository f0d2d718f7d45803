using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace RecoService.Benchmarks.Load;

/// <param name="ProcessorTime">Of all its threads.</param>
/// <param name="AllocatedBytes">Managed, since the start.</param>
/// <param name="WorkingSet">Bytes.</param>
/// <param name="HeapBytes">Managed memory in use, garbage not yet collected included.</param>
/// <param name="Paused">How long garbage collections have held up all threads.</param>
/// <param name="Dropped">Impressions that were not written.</param>
internal readonly record struct ServerUsage(TimeSpan ProcessorTime, long AllocatedBytes, long WorkingSet, long HeapBytes, TimeSpan Paused, long Dropped);

/// <summary>A server in a process of its own, with the runtime settings that the service ships with, which can be asked what it has used.</summary>
internal sealed class LoadServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly Channel<string> answers = Channel.CreateUnbounded<string>();
    private readonly Queue<string> output = new();

    private LoadServer(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
    }

    public Uri Address { get; private set; } = null!;

    /// <param name="verb">One of <see cref="ServedProcess"/>.</param>
    /// <param name="settings">As on the command line of the service.</param>
    public static async Task<LoadServer> StartAsync(string verb, params string[] settings)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet",
        [
            "exec", "--runtimeconfig", Path.Combine(folder, "RecoService.Api.runtimeconfig.json"),
            "--depsfile", Path.Combine(folder, "RecoService.Benchmarks.deps.json"), Path.Combine(folder, "RecoService.Benchmarks.dll"), verb, .. settings,
        ])
        { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new LoadServer(Process.Start(start)!);
        server.Address = new Uri((await server.ReadAsync(ServedProcess.Listening)).Trim());
        return server;
    }

    /// <summary>The service in Production, with everything on that a shop has on.</summary>
    public static Task<LoadServer> StartServiceAsync(string connectionString, params string[] settings) => StartAsync(
        ServedProcess.ServiceVerb,
        [
            "--environment=Production", "--urls=http://127.0.0.1:0",
            "--Reco:Storage:Provider=Postgres", $"--Reco:Storage:ConnectionString={connectionString}",
            "--Reco:Security:ApiKeys:0:Name=admin", "--Reco:Security:ApiKeys:0:Role=Admin", $"--Reco:Security:ApiKeys:0:Key={LoadRequests.AdminKey}",
            "--Reco:Security:ApiKeys:1:Name=storefront", $"--Reco:Security:ApiKeys:1:Key={LoadRequests.StorefrontKey}", "--Reco:Security:ApiKeys:1:RequestsPerSecond=1000000",
            "--Reco:Retraining:Enabled=false", "--Reco:Retraining:Recommender=implicit-als",
            $"--Reco:Placements:{LoadRows.RichPlacement}:Sources=recommender,popular", $"--Reco:Placements:{LoadRows.RichPlacement}:Diversity=0.3",
            $"--Reco:Placements:{LoadRows.TestedPlacement}:Sources=recommender,popular", $"--Reco:Placements:{LoadRows.TestedPlacement}:ExplorationShare=0.2", .. settings,
        ]);

    public async Task<ServerUsage> ReadUsageAsync()
    {
        await process.StandardInput.WriteLineAsync("usage");
        await process.StandardInput.FlushAsync();
        var numbers = Array.ConvertAll((await ReadAsync(ServedProcess.Usage)).Split(' '), number => long.Parse(number, CultureInfo.InvariantCulture));
        return new ServerUsage(TimeSpan.FromMicroseconds(numbers[0]), numbers[1], numbers[2], numbers[3], TimeSpan.FromMicroseconds(numbers[4]), numbers[5]);
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(45));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private async Task<string> ReadAsync(string prefix)
    {
        await foreach (var line in answers.Reader.ReadAllAsync())
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                return line[prefix.Length..];
        }

        throw new InvalidOperationException($"The server has ended. Its last words: {string.Join('\n', output)}");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            answers.Writer.TryComplete();
            return;
        }

        if (line.StartsWith('#'))
            answers.Writer.TryWrite(line);
        output.Enqueue(line);
        if (output.Count > 30)
            output.Dequeue();
    }
}
