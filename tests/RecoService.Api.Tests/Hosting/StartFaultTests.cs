using System.Net;
using System.Net.Sockets;
using Npgsql;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

/// <summary>Whatever an operator has to mend is one line that names it, and exit code 1, for the service and for the commands.</summary>
public sealed class StartFaultTests
{
    private const string Setting = "Reco:Storage:ConnectionString";

    private static readonly string[] Commands = ["serve", "train", "export lists.csv"];

    [Fact]
    public async Task ConnectionStringThatCannotBe_IsOneLineAndCode1()
    {
        await AssertFaultsAsync(
            (["--Reco:Storage:Provider=Postgres", $"--{Setting}=Hots=db;Database=reco"], "'hots' is not a word"),
            (["--Reco:Storage:Provider=Postgres", $"--{Setting}=postgres://reco:top@secret@db/reco"], "%40"),
            (["--Reco:Storage:Provider=Postgres"], "Reco:Storage:Provider=Sqlite"),
            ([$"--{Setting}=postgres://db/reco"], "Reco:Storage:Provider=Postgres"),
            ([$"--{Setting}=Data Source=:memory:"], "must name a file"));
    }

    [Fact]
    public async Task SqliteFileThatCannotBeUsed_IsOneLineAndCode1()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var folder = Path.GetDirectoryName(database.ConnectionString["Data Source=".Length..])!;
        await File.WriteAllTextAsync(Path.Combine(folder, "letter"), "Dear Sir or Madam, " + new string('x', 5000));
        Directory.CreateDirectory(Path.Combine(folder, "folder.db"));

        await AssertFaultsAsync(
            ([$"--{Setting}=Data Source=/proc/nowhere/reco.db"], "'/proc/nowhere/reco.db' or its folder cannot be written"),
            ([$"--{Setting}=Data Source={folder}/letter/reco.db"], "cannot be written"),
            ([$"--{Setting}=Data Source={folder}/folder.db"], "cannot be opened"),
            ([$"--{Setting}=Data Source={folder}/letter"], "is not a database"),
            ([$"--{Setting}=Data Source={folder}/none.db", "--Reco:Storage:CreateDatabase=false"], "Reco:Storage:CreateDatabase=true"));
    }

    [Fact]
    public async Task PostgresThatRefuses_IsOneLineAndCode1()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        await server.ExecuteAsync("CREATE ROLE locked LOGIN PASSWORD 'right-password'");
        await server.ExecuteAsync("CREATE ROLE guest LOGIN");
        await server.ExecuteAsync("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        await server.RequirePasswordAsync("locked");

        await AssertFaultsAsync(
            (Postgres("locked", "postgres", ";Password=wrong-password"), "refuses the password of the user 'locked'"),
            (Postgres("locked", "postgres"), "PGPASSWORD"),
            (Postgres("nobody", "postgres"), "does not let the user 'nobody' in"),
            (Postgres("guest", "postgres"), "GRANT CREATE"),
            (Postgres("postgres", "nowhere"), "Reco:Storage:CreateDatabase=true"),
            ([.. Postgres("guest", "nowhere"), "--Reco:Storage:CreateDatabase=true"], "CREATEDB"),
            (Postgres("postgres", "latin"), "LATIN1"));

        string[] Postgres(string user, string database, string more = "") =>
            ["--Reco:Storage:Provider=Postgres", $"--{Setting}=Host=127.0.0.1;Port={connection.Port};Username={user};Database={database}{more}"];
    }

    [Fact]
    public async Task PortInUse_IsOneLineAndCode1()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var output = await RunAsync(["serve", .. ServiceProcess.ServeWords(database, $"--urls=http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}")]);

        AssertOneLine(output, "The address is in use");
        Assert.Contains("--urls=", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=nowhere.invalid;Database=reco")]
    [InlineData("Host=127.0.0.1;Port=1;Database=reco")]
    public async Task ServerThatIsAway_EndsACommandAndIsWaitedForByTheService(string connection)
    {
        string[] settings = ["--Reco:Storage:Provider=Postgres", $"--{Setting}={connection}"];
        AssertOneLine(await RunAsync(["train", .. settings]), connection.Split(';')[0]["Host=".Length..]);
        await using var service = ServiceProcess.Start(["serve", .. TestService.DefaultSettings.Where(setting => !setting.StartsWith("--Serilog", StringComparison.Ordinal)), .. settings]);
        await Wait.UntilAsync(() => Task.FromResult(service.Output.Contains("Start-up waits for the store", StringComparison.Ordinal)), "the service says that it waits");

        Assert.False(service.HasExited);
        Assert.DoesNotContain("   at ", service.Output, StringComparison.Ordinal);
    }

    private static async Task AssertFaultsAsync(params (string[] Settings, string Expected)[] faults)
    {
        foreach (var (settings, expected) in faults)
        {
            foreach (var command in Commands)
            {
                var output = await RunAsync([.. command.Split(' '), .. TestService.DefaultSettings.Where(setting => IsFor(command, setting)), .. settings]);
                AssertOneLine(output, expected);
                Assert.DoesNotContain("secret", output.Replace("Secret", "", StringComparison.Ordinal), StringComparison.Ordinal);
                Assert.DoesNotContain("wrong-password", output, StringComparison.Ordinal);
            }
        }
    }

    private static bool IsFor(string command, string setting) => !setting.StartsWith("--Serilog", StringComparison.Ordinal) && (command == "serve" || !setting.StartsWith("--urls", StringComparison.Ordinal));

    private static async Task<string> RunAsync(string[] words)
    {
        await using var process = ServiceProcess.Start(words);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 1, $"{string.Join(' ', words)} ended with {process.ExitCode}: {process.Output}");
        return process.Output;
    }

    private static void AssertOneLine(string output, string expected)
    {
        Assert.True(output.Split('\n').Count(line => line.Contains(expected, StringComparison.Ordinal)) == 1, $"'{expected}' does not stand in one line of: {output}");
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }
}
