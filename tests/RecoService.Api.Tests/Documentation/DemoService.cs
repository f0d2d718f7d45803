using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Documentation;

/// <summary>What a newcomer starts: the service with the demo shop, which trains its first model by itself.</summary>
public sealed class DemoService : IAsyncLifetime
{
    private TestDatabase? database;
    private TestService? service;

    internal TestService Service => service!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        // The default settings but for the time that auto may take.
        service = await TestService.StartAsync(database, ["--Reco:Demo:Enabled=true", "--Reco:Retraining:AutoBudget=00:00:20"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
            await service.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }
}
