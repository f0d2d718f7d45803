using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace RecoService.Tests.Shared;

/// <summary>A private PostgreSQL server, started from the installed binaries and deleted at the end; or one that runs already.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string? folder;
    private readonly string? binaries;
    private int databases;
    private volatile bool isFrozen;

    private PostgresServer(string connectionString, string? binaries, string? folder)
    {
        ConnectionString = connectionString;
        this.binaries = binaries;
        this.folder = folder;
    }

    /// <summary>Of the maintenance database.</summary>
    public string ConnectionString { get; }

    /// <summary>It is deleted with everything in it; on another's server a test deletes what it made.</summary>
    public bool IsPrivate => folder is not null;

    public static bool IsInstalled => FindBinaries() is not null;

    /// <summary>A server that others started and will stop.</summary>
    public static PostgresServer At(string connectionString) => new(connectionString, null, null);

    /// <param name="settings">Lines of postgresql.conf.</param>
    public static async Task<PostgresServer> StartAsync(string settings = "")
    {
        var installed = FindBinaries() ?? throw new InvalidOperationException("The PostgreSQL server binaries (initdb, postgres) are not installed.");
        var port = FreePort();
        var server = new PostgresServer(
            $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Include Error Detail=true", installed, CreateFolder());
        try
        {
            await server.RunAsync("initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
            await File.AppendAllTextAsync(Path.Combine(server.Data, "postgresql.auto.conf"), $"""
                port = {port}
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                fsync = off
                max_connections = 200
                {settings}

                """);
            await server.StartServerAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string Data => Path.Combine(folder!, "data");

    public Task StartServerAsync() => RunAsync("pg_ctl", "start", "-w", "-s", "-D", Data, "-l", Path.Combine(folder!, "log"));

    /// <param name="mode">smart, fast or immediate (as if it had crashed).</param>
    public Task StopServerAsync(string mode = "fast") => RunAsync("pg_ctl", "stop", "-w", "-s", "-m", mode, "-D", Data);

    /// <summary>SIGSTOP: the server and all its processes stand still; connections stay open and nobody answers.</summary>
    public async Task FreezeAsync()
    {
        isFrozen = true;
        await SignalAsync("STOP");
    }

    /// <summary>SIGCONT.</summary>
    public async Task ThawAsync()
    {
        await SignalAsync("CONT");
        isFrozen = false;
    }

    /// <summary>kill -9 of the server and all its processes.</summary>
    public async Task KillServerAsync()
    {
        var server = ServerId();
        await SignalAsync("KILL");
        while (Directory.Exists($"/proc/{server}"))
            await Task.Yield();
    }

    public int Port => new NpgsqlConnectionStringBuilder(ConnectionString).Port;

    // The server first, so that it starts no more while its children are counted; a child that ends meanwhile is no loss.
    private async Task SignalAsync(string signal)
    {
        var server = ServerId();
        using var process = Process.Start("/bin/sh", ["-c", $"kill -{signal} {server}; kill -{signal} $(pgrep -P {server}) 2>/dev/null || true"]);
        await process.WaitForExitAsync();
    }

    private string ServerId() => File.ReadLines(Path.Combine(Data, "postmaster.pid")).First().Trim();

    /// <summary>Starts again as a standby, which can be read only.</summary>
    public async Task BecomeStandbyAsync()
    {
        await StopServerAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "standby.signal"), "");
        await StartServerAsync();
    }

    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "-w", "-s", "-D", Data);

    /// <summary>From now on a user must give the password that their role has; the others need none.</summary>
    public async Task RequirePasswordAsync(string user)
    {
        var file = Path.Combine(Data, "pg_hba.conf");
        await File.WriteAllTextAsync(file, $"host all {user} 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(file)}");
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Ends the sessions of a database, so that settings of the role or the database count for the next ones.</summary>
    public Task EndSessionsAsync(string connectionString) => ExecuteAsync(
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{new NpgsqlConnectionStringBuilder(connectionString).Database}' AND pid <> pg_backend_pid()");

    /// <summary>The connection string of a new empty database.</summary>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"reco_test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"CREATE DATABASE {name}" + (template is null ? "" : $" TEMPLATE {template}"));
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
    }

    /// <summary>A frozen server drops nothing, so that a test that fails meanwhile fails for its own reason; its folder is deleted.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        if (isFrozen)
            return;
        NpgsqlConnection.ClearPool(new NpgsqlConnection(connectionString));
        await ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    /// <summary>As the superuser, in the maintenance database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is null)
            return;
        if (File.Exists(Path.Combine(Data, "postmaster.pid")) && Directory.Exists($"/proc/{ServerId()}"))
        {
            await ThawAsync();
            await StopServerAsync("immediate");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string? FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return debian.Select(version => Path.Combine(version, "bin")).Concat(path).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")));
    }

    /// <summary>PostgreSQL refuses to run as root; then the account that the package made runs it, and owns the folder.</summary>
    private static bool AsRoot => Environment.UserName == "root" && !OperatingSystem.IsWindows();

    internal static string CreateFolder(string prefix = "reco-postgres-")
    {
        var path = Directory.CreateTempSubdirectory(prefix).FullName;
        if (AsRoot)
            Process.Start("chown", ["postgres", path]).WaitForExit();
        return path;
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task RunAsync(string program, params string[] arguments) => RunInAsync(folder!, Path.Combine(binaries!, program), arguments);

    /// <summary>Runs a program that refuses root, and waits until it has ended or gone into the background.</summary>
    internal static async Task RunInAsync(string folder, string program, params string[] arguments)
    {
        string[] command = [program, .. arguments];
        if (AsRoot)
            command = ["runuser", "-u", "postgres", "--", .. command];
        // The server outlives pg_ctl and would keep its pipes open, so its output goes to a file.
        var output = Path.Combine(folder, $"{Path.GetFileName(program)}.out");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", output, .. command]) { WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await File.ReadAllTextAsync(output)}");
    }
}
