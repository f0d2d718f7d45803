using Npgsql;

namespace RecoService.Tests.Shared;

/// <summary>A user of PostgreSQL who may connect and nothing else, until a test grants more.</summary>
public sealed class TestRole : IAsyncDisposable
{
    private readonly PostgresServer server;

    private TestRole(PostgresServer server, string name)
    {
        this.server = server;
        Name = name;
    }

    public string Name { get; }

    public static async Task<TestRole> CreateAsync(PostgresServer server)
    {
        var role = new TestRole(server, $"role_{Guid.NewGuid():N}");
        await server.ExecuteAsync($"CREATE ROLE {role.Name} LOGIN");
        return role;
    }

    /// <summary>The same database as this user.</summary>
    public string In(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Username = Name }.ToString();

    public async ValueTask DisposeAsync()
    {
        if (server.IsPrivate)
            return;
        await server.ExecuteAsync($"DROP ROLE {Name}");
    }
}
