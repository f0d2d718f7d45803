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
    /// <param name="inMemory">SQLite's file lies on a memory disk, where there is one: for tests of so many commits that they would measure the disk.</param>
    public static async Task<TestDatabase> CreateAsync(StorageProvider provider, PostgresServer? server = null, bool inMemory = false)
    {
        if (provider == StorageProvider.Postgres)
        {
            server ??= await SharedPostgres.GetAsync();
            var connection = await server.CreateDatabaseAsync();
            return new TestDatabase(provider, connection, () => new ValueTask(server.DropDatabaseAsync(connection)));
        }

        const string memoryDisk = "/dev/shm";
        var folder = inMemory && Directory.Exists(memoryDisk)
            ? Directory.CreateDirectory(Path.Combine(memoryDisk, $"reco-api-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("reco-api-").FullName;
        return new TestDatabase(provider, $"Data Source={folder}/reco.db", () =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>A database whose place the test has made and deletes itself.</summary>
    public static TestDatabase At(StorageProvider provider, string connectionString, Func<ValueTask>? delete = null) =>
        new(provider, connectionString, delete ?? (() => ValueTask.CompletedTask));

    public ValueTask DisposeAsync() => delete();
}
