using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Benchmarks.Storage;

internal sealed class BenchmarkStore(StorageSettings settings) : IAsyncDisposable
{
    /// <summary>An import of a million items is one write.</summary>
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(30);

    public BenchmarkStore(string connectionString)
        : this(new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = connectionString })
    {
    }

    public string ConnectionString => settings.ConnectionString;

    public ShopStore Store { get; } = new(settings with { WriteTimeout = WriteTimeout }, InteractionKinds.Default, TimeProvider.System);

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
