using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Importing;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Benchmarks.Storage;

internal sealed class BenchmarkStore(string connectionString) : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddRecoStorage(
            _ => new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = connectionString, WriteTimeout = TimeSpan.FromMinutes(1) },
            _ => InteractionKinds.Default)
        .AddSingleton(InteractionKinds.Default)
        .AddSingleton<WireLimits>()
        .AddSingleton<InteractionValidator>()
        .AddSingleton<ItemValidator>()
        .AddSingleton<UserValidator>()
        .AddImports()
        .BuildServiceProvider();

    public string ConnectionString => connectionString;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
