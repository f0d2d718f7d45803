using RecoService.Storage.Tests.Attribution;
using RecoService.Storage.Tests.Catalogues;
using RecoService.Storage.Tests.Import;
using RecoService.Storage.Tests.Impressions;
using RecoService.Storage.Tests.Interactions;
using RecoService.Storage.Tests.Models;
using RecoService.Storage.Tests.Serving;

namespace RecoService.Storage.Tests.Databases;

/// <summary>Everything that the store promises holds through a PgBouncer in transaction mode as well.</summary>
public sealed class PgBouncerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrate_SeveralReplicasAtOnce_AllSucceed()
    {
        await using var store = await TestStore.CreatePooledAsync(isMigrated: false);
        var replicas = Enumerable.Range(0, 4).Select(_ => store.Replica()).ToArray();

        await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.Database.MigrateAsync(Ct), Ct)));

        Assert.Equal(1, (await replicas[3].AppendAsync(store.Interaction("u", "i"))).Accepted);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Max Auto Prepare=0")]
    public async Task Writers_ManyAtOnceOverAndOver_MeetNoStatementOfAnother(string words)
    {
        await using var store = await TestStore.CreatePooledAsync(isMigrated: false);
        await using var replica = store.At(store.Settings.ConnectionString + words);
        // The start finds out what lies between, unless it is told.
        await replica.Database.MigrateAsync(Ct);

        // A statement is prepared at its fifth use, on a connection of the server that the next transaction does not have.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 20; round++)
            {
                await replica.AppendAsync(replica.Interaction($"u{writer}", $"i{round}", id: $"{writer}-{round}"), replica.Rating($"u{writer}", $"i{round}", 3, at: round));
                Assert.Equal(2 * (round + 1), (await replica.ListAsync($"u{writer}")).Count);
            }
        }, Ct)));

        Assert.Equal(new StoreCounts(8, 20, 160, 160), await replica.Database.CountAsync(Ct));
    }

    [Fact]
    public async Task Probe_ThroughThePooler_IsWell()
    {
        await using var store = await TestStore.CreatePooledAsync();

        await store.Database.ProbeAsync(Ct);
    }
}

public sealed class PooledAppendTests() : AppendContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledDatasetTests() : DatasetContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledInteractionImportTests() : InteractionImportContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledRecordImportTests() : RecordImportContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledServingFeedTests() : ServingFeedContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledRunLogTests() : RunLogContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledModelStoreTests() : ModelStoreContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledImpressionLogTests() : ImpressionLogContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledExplorationLogTests() : ExplorationLogContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledCatalogueTests() : CatalogueContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledRulesTests() : Definitions.RulesContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}

public sealed class PooledUserMergesTests() : UserMergesContract(StorageProvider.Postgres)
{
    protected override Task<TestStore> CreateAsync() => TestStore.CreatePooledAsync();
}
