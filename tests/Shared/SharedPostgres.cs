using Xunit;

namespace RecoService.Tests.Shared;

/// <summary>
/// The PostgreSQL server of this assembly's tests: the one that RECO_TEST_POSTGRES names, or a private one. Without either
/// the test that asks is skipped, or fails under RECO_REQUIRE_POSTGRES=1.
/// </summary>
public static class SharedPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);

    public static Task<PostgresServer> GetAsync()
    {
        RequireBinaries(unlessGiven: true);
        return Server.Value;
    }

    /// <summary>A server of the test's own, to be stopped and started.</summary>
    public static Task<PostgresServer> StartOwnAsync()
    {
        RequireBinaries(unlessGiven: false);
        return PostgresServer.StartAsync();
    }

    private static string? Given => Environment.GetEnvironmentVariable("RECO_TEST_POSTGRES") is { Length: > 0 } given ? given : null;

    private static void RequireBinaries(bool unlessGiven)
    {
        const string reason = "The PostgreSQL server binaries (initdb, postgres) are not installed";
        if (PostgresServer.IsInstalled || (unlessGiven && Given is not null))
            return;
        Assert.False(Environment.GetEnvironmentVariable("RECO_REQUIRE_POSTGRES") == "1", $"RECO_REQUIRE_POSTGRES=1, but: {reason}.");
        Assert.Skip($"{reason}. Install them, or name a server in RECO_TEST_POSTGRES.");
    }

    private static async Task<PostgresServer> StartAsync()
    {
        if (Given is { } given)
            return PostgresServer.At(given);

        var server = await PostgresServer.StartAsync();
        AtTheEnd.Do(server.DisposeAsync);
        return server;
    }
}
