using System.Collections.Concurrent;
using RecoService.Storage;

namespace RecoService.Api.Tests.Service;

/// <summary>One running service per database for a whole test class whose tests keep out of each other's way.</summary>
public class SharedServices : IAsyncLifetime
{
    private readonly ConcurrentDictionary<StorageProvider, Lazy<Task<(TestDatabase Database, TestService Service)>>> services = new();

    protected virtual string[] Settings => [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<TestService> OnAsync(StorageProvider provider) =>
        (await services.GetOrAdd(provider, _ => new(() => StartAsync(provider))).Value).Service;

    /// <summary>Of a service that runs.</summary>
    internal TestDatabase DatabaseOf(StorageProvider provider) => services[provider].Value.Result.Database;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var started in services.Values)
        {
            if (!started.Value.IsCompletedSuccessfully)
                continue;
            var (database, service) = await started.Value;
            await service.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    private async Task<(TestDatabase Database, TestService Service)> StartAsync(StorageProvider provider)
    {
        var database = await TestDatabase.CreateAsync(provider);
        return (database, await TestService.StartAsync(database, Settings));
    }
}
