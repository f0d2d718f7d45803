using Microsoft.Extensions.DependencyInjection;
using RecoService.Engine.Data;
using RecoService.Storage.Columns;
using RecoService.Storage.Postgres;
using RecoService.Storage.Sqlite;

namespace RecoService.Storage;

/// <summary>Registers the store.</summary>
public static class StorageServices
{
    /// <summary>Adds the store's classes as singletons; each opens what it needs per call. A TimeProvider must be registered.</summary>
    public static IServiceCollection AddRecoStorage(
        this IServiceCollection services, Func<IServiceProvider, StorageSettings> settings, Func<IServiceProvider, InteractionKinds> kinds) => services
        .AddSingleton(provider => new Store(CreateProvider(settings(provider), provider), provider.GetRequiredService<TimeProvider>(), kinds(provider)))
        .AddSingleton(provider => new Database(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new Catalogue(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new InteractionLog(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new Corrections(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new BulkImport(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new ServingFeed(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new RunLog(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new ModelStore(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new PublicationLog(provider.GetRequiredService<Store>()))
        .AddSingleton(provider => new ImpressionLog(provider.GetRequiredService<Store>()));

    private static StoreProvider CreateProvider(StorageSettings settings, IServiceProvider services) => settings.Provider switch
    {
        StorageProvider.Sqlite => new SqliteProvider(settings, ColumnsOf(services)),
        StorageProvider.Postgres => new PostgresProvider(settings, ColumnsOf(services), services.GetRequiredService<TimeProvider>()),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, "Unknown storage provider."),
    };

    /// <summary>A test may add a column.</summary>
    private static InteractionColumns ColumnsOf(IServiceProvider services) => services.GetService<InteractionColumns>() ?? InteractionColumns.Default;
}
