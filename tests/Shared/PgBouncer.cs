using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace RecoService.Tests.Shared;

/// <summary>
/// A PgBouncer in transaction mode before a server, in its strictest configuration: it ignores no startup parameter, keeps no prepared statement, and takes the server's
/// connections in turn, so that two transactions of one client seldom meet the same.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private readonly int port;

    private PgBouncer(string folder, int port)
    {
        this.folder = folder;
        this.port = port;
    }

    private static string? Binary { get; } = new[] { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer" }.FirstOrDefault(File.Exists);

    /// <summary>Skips the test where there is no PgBouncer, or fails it under RECO_REQUIRE_POSTGRES=1.</summary>
    /// <param name="server">What lies behind it.</param>
    /// <param name="poolSize">Connections of the server for a database.</param>
    /// <param name="port">Where it reaches the server; null for the server's own port.</param>
    public static async Task<PgBouncer> StartAsync(PostgresServer server, int poolSize = 20, int? port = null)
    {
        const string reason = "PgBouncer is not installed";
        if (Binary is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("RECO_REQUIRE_POSTGRES") == "1", $"RECO_REQUIRE_POSTGRES=1, but: {reason}.");
            Assert.Skip($"{reason} (apt-get install pgbouncer).");
        }

        var behind = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        var bouncer = new PgBouncer(PostgresServer.CreateFolder("reco-pgbouncer-"), PostgresServer.FreePort());
        await File.WriteAllTextAsync(Path.Combine(bouncer.folder, "users"), $"\"{behind.Username}\" \"{behind.Password}\"\n");
        await File.WriteAllTextAsync(bouncer.Configuration, $"""
            [databases]
            * = host={(port is null ? behind.Host : "127.0.0.1")} port={port ?? behind.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {bouncer.port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {Path.Combine(bouncer.folder, "users")}
            pool_mode = transaction
            default_pool_size = {poolSize}
            min_pool_size = {Math.Min(3, poolSize)}
            max_client_conn = 500
            server_round_robin = 1
            logfile = {Path.Combine(bouncer.folder, "log")}
            pidfile = {bouncer.PidFile}

            """);
        await PostgresServer.RunInAsync(bouncer.folder, Binary, "-d", bouncer.Configuration);
        await bouncer.WaitUntilItListensAsync();
        return bouncer;
    }

    private string Configuration => Path.Combine(folder, "pgbouncer.ini");

    private string PidFile => Path.Combine(folder, "pid");

    /// <summary>The same database through the pooler.</summary>
    public string Before(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ToString();

    private async Task WaitUntilItListensAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < Deadline)
            {
                // Not yet.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(PidFile) && int.TryParse(await File.ReadAllTextAsync(PidFile), CultureInfo.InvariantCulture, out var id))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                await process.WaitForExitAsync();
            }
            catch (ArgumentException)
            {
                // It has ended already.
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
