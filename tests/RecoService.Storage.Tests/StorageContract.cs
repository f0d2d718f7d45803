namespace RecoService.Storage.Tests;

/// <summary>What the store promises, run on both databases. Every test has a store of its own.</summary>
public abstract class StorageContract(StorageProvider provider) : IAsyncLifetime
{
    private TestStore? store;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected StorageProvider Provider => provider;

    protected TestStore Store => store!;

    public async ValueTask InitializeAsync() => store = await CreateAsync();

    protected virtual Task<TestStore> CreateAsync() => TestStore.CreateAsync(provider);

    public async ValueTask DisposeAsync()
    {
        if (store is not null)
            await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
