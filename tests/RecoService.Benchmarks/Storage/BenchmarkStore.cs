using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Importing;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Benchmarks.Storage;

internal sealed class BenchmarkStore(StorageSettings settings) : IAsyncDisposable
{
    /// <summary>An import of a million items is one write.</summary>
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(30);

    private readonly ServiceProvider services = new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddRecoStorage(
            _ => settings with { WriteTimeout = WriteTimeout },
            _ => InteractionKinds.Default)
        .AddSingleton(InteractionKinds.Default)
        .AddSingleton<WireLimits>()
        .AddSingleton<InteractionValidator>()
        .AddSingleton<ItemValidator>()
        .AddSingleton<UserValidator>()
        .AddImports()
        .BuildServiceProvider();

    public BenchmarkStore(string connectionString)
        : this(new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = connectionString })
    {
    }

    public string ConnectionString => settings.ConnectionString;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
