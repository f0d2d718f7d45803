using RecoService.Storage;

namespace RecoService.Api.Tests.Service;

/// <summary>An empty database of a test's own, on either provider, that outlives the services started on it.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly Func<ValueTask> delete;

    private TestDatabase(StorageProvider provider, string connectionString, Func<ValueTask> delete)
    {
        Provider = provider;
        ConnectionString = connectionString;
        this.delete = delete;
    }

    public StorageProvider Provider { get; }

    public string ConnectionString { get; }

    /// <summary>The settings that lead a service here.</summary>
    public string[] Settings => [$"--Reco:Storage:Provider={Provider}", $"--Reco:Storage:ConnectionString={ConnectionString}"];

    /// <param name="provider">Where.</param>
    /// <param name="server">A server that the test stops and starts itself; null for the one all tests share.</param>
    public static async Task<TestDatabase> CreateAsync(StorageProvider provider, PostgresServer? server = null)
    {
        if (provider == StorageProvider.Postgres)
        {
            server ??= await SharedPostgres.GetAsync();
            var connection = await server.CreateDatabaseAsync();
            return new TestDatabase(provider, connection, () => new ValueTask(server.DropDatabaseAsync(connection)));
        }

        var folder = Directory.CreateTempSubdirectory("reco-api-").FullName;
        return new TestDatabase(provider, $"Data Source={folder}/reco.db", () =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        });
    }

    public ValueTask DisposeAsync() => delete();
}
