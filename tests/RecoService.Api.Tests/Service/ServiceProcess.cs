using System.Diagnostics;
using System.Net;
using RecoService.Api.Security;

namespace RecoService.Api.Tests.Service;

/// <summary>The service, or one of its commands, in a process of its own that a test can kill.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> output = [];

    private ServiceProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything the process has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    /// <summary>The words that make the binary a service with these settings, with the keys of <see cref="TestService"/>.</summary>
    public static string[] ServeWords(TestDatabase database, params string[] settings) =>
    [
        .. TestService.DefaultSettings.Where(setting => !setting.StartsWith("--Serilog", StringComparison.Ordinal)), .. database.Settings, .. settings,
    ];

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Runs the host binary with these words; settings and commands alike.</summary>
    public static ServiceProcess Start(params string[] arguments) => Start(new Dictionary<string, string?>(), arguments);

    /// <summary>The same from another working directory.</summary>
    public static ServiceProcess StartIn(string folder, params string[] arguments) => Start(new Dictionary<string, string?>(), folder, arguments);

    public static ServiceProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) => Start(environment, "", arguments);

    /// <summary>The same on a terminal of its own, at whose keyboard <see cref="TypeAsync"/> sits. Linux only.</summary>
    public static ServiceProcess StartOnTerminal(string folder, params string[] arguments)
    {
        string[] command = ["dotnet", Binary, .. arguments];
        var quoted = string.Join(' ', command.Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"));
        return Start(new Dictionary<string, string?> { ["TERM"] = "xterm-256color" }, folder, "script", ["--quiet", "--flush", "--return", "--command", quoted, "/dev/null"]);
    }

    private static string Binary => Path.Combine(AppContext.BaseDirectory, "RecoService.Api.dll");

    private static ServiceProcess Start(IReadOnlyDictionary<string, string?> environment, string folder, string[] arguments) =>
        // A shell starts what runs in its background with SIGINT ignored, and so would the test's children be.
        Start(environment, folder, OperatingSystem.IsLinux() ? "env" : "dotnet", [.. OperatingSystem.IsLinux() ? ["--default-signal=INT", "dotnet"] : Array.Empty<string>(), Binary, .. arguments]);

    private static ServiceProcess Start(IReadOnlyDictionary<string, string?> environment, string folder, string program, string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ServiceProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the address that the service prints when it listens.</summary>
    public async Task<HttpClient> ConnectAsync(string? key = TestService.AdminKey)
    {
        const string listening = "Now listening on: ";
        string? address = null;
        await Wait.UntilAsync(() =>
        {
            Assert.False(process.HasExited, $"The service ended with {(process.HasExited ? process.ExitCode : 0)}: {Output}");
            // A line of text, or an object of which the words are a part.
            address = Output.Split('\n').FirstOrDefault(line => line.Contains(listening, StringComparison.Ordinal))?
                .Split(listening).FirstOrDefault(part => part.StartsWith("http", StringComparison.Ordinal))?.Split('"')[0].Trim();
            return Task.FromResult(address is not null);
        }, "the service listens");
        var client = new HttpClient { BaseAddress = new Uri(address!) };
        if (key is not null)
            client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, key);
        return client;
    }

    /// <summary>Connects and waits until the service is ready.</summary>
    public async Task<HttpClient> ConnectWhenReadyAsync(string? key = TestService.AdminKey)
    {
        var client = await ConnectAsync(key);
        await Wait.UntilAsync(async () =>
        {
            using var response = await client.GetAsync("/health/ready");
            return response.StatusCode == HttpStatusCode.OK;
        }, $"the service is ready: {Output}");
        return client;
    }

    /// <summary>Writes into its standard input.</summary>
    public async Task TypeAsync(string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void EndInput() => process.StandardInput.Close();

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGINT: what a terminal sends at Ctrl+C.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", process.Id.ToString()]).WaitForExit();

    /// <summary>SIGTERM: what an orchestrator or an init system sends to stop a service.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", process.Id.ToString()]).WaitForExit();

    /// <summary>SIGTERM, and waits until it is gone.</summary>
    public Task TerminateAsync()
    {
        Terminate();
        return WaitForExitAsync();
    }

    public Task WaitForExitAsync() => process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Add(line);
    }
}
