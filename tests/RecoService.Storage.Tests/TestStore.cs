using Npgsql;
using RecoService.Engine.Data;
using RecoService.Storage.Attribution;
using RecoService.Storage.Columns;
using RecoService.Storage.Health;
using RecoService.Storage.Operations;
using RecoService.Storage.Privacy;

namespace RecoService.Storage.Tests;

/// <summary>A store of a test's own, on either database.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly ShopStore opened;
    private readonly Func<ValueTask> delete;

    private TestStore(StorageSettings settings, FakeClock clock, InteractionKinds kinds, Func<ValueTask> delete, InteractionColumns? columns = null)
    {
        Settings = settings;
        Kinds = kinds;
        this.delete = delete;
        Clock = clock;
        opened = new ShopStore(settings, kinds, clock, columns ?? InteractionColumns.Default);
    }

    public StorageSettings Settings { get; }

    public InteractionKinds Kinds { get; }

    public FakeClock Clock { get; }

    public Database Database => opened.Database;

    public Catalogue Catalogue => opened.Catalogue;

    public InteractionLog Interactions => opened.Interactions;

    public InteractionSearch Search => opened.Search;

    public Corrections Corrections => opened.Corrections;

    public BulkImport Import => opened.Import;

    public ServingFeed Feed => opened.Feed;

    public RunLog Runs => opened.Runs;

    public ModelStore Models => opened.Models;

    public PublicationLog Publications => opened.Publications;

    public ImpressionLog Impressions => opened.Impressions;

    public UserMerges Merges => opened.Merges;

    public DefinitionLog Rules => opened.Rules;

    public DefinitionLog Experiments => opened.Experiments;

    public RecommendationFigures Figures => opened.Figures;

    public ExplorationLog Exploration => opened.Exploration;

    public OutcomeLog Outcomes => opened.Outcomes;

    public AuditLog Audit => opened.Audit;

    public ImportLog Imports => opened.Imports;

    public ApiKeyLog ApiKeys => opened.ApiKeys;

    public SessionKeyLog SessionKeys => opened.SessionKeys;

    public DataHealth Health => opened.Health;

    public ErasureLog Erasures => opened.Erasures;

    public PersonalData PersonalData => opened.PersonalData;

    public InteractionRetention Retention => opened.Retention;

    internal Store Inner => opened.Inner;

    /// <summary>What the erasures of tests promise.</summary>
    public static ErasureTerms Terms { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>Erases a user. The key; 0 for somebody who was only shown lists; or null: unknown.</summary>
    public async Task<int?> EraseUserAsync(string userId, CancellationToken ct, Action<StoredUser?>? check = null) =>
        await Erasures.EraseAsync(userId, Terms, ct, check) is { } erasure ? erasure.UserKey ?? 0 : null;

    /// <summary>A migrated empty store.</summary>
    public static async Task<TestStore> CreateAsync(StorageProvider provider)
    {
        var store = await CreateEmptyAsync(provider, provider == StorageProvider.Postgres ? await PostgresTemplate.Value : null);
        await store.Database.MigrateAsync(CancellationToken.None);
        return store;
    }

    /// <summary>A migrated database to copy, which is faster than to migrate each.</summary>
    private static readonly Lazy<Task<string>> PostgresTemplate = new(async () =>
    {
        var server = await SharedPostgres.GetAsync();
        var connection = await server.CreateDatabaseAsync();
        await using var store = new TestStore(
            new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = connection }, new FakeClock(), InteractionKinds.Default, () => ValueTask.CompletedTask);
        await store.Database.MigrateAsync(CancellationToken.None);
        if (!server.IsPrivate)
            AtTheEnd.Do(() => new ValueTask(server.DropDatabaseAsync(connection)));
        return new NpgsqlConnectionStringBuilder(connection).Database!;
    });

    /// <summary>A store without a schema, or a copy of the template.</summary>
    public static async Task<TestStore> CreateEmptyAsync(StorageProvider provider, string? template = null)
    {
        var settings = new StorageSettings { Provider = provider, WriteTimeout = TimeSpan.FromSeconds(20) };
        if (provider == StorageProvider.Postgres)
        {
            var server = await SharedPostgres.GetAsync();
            var connection = await server.CreateDatabaseAsync(template);
            return new TestStore(settings with { ConnectionString = connection }, new FakeClock(), InteractionKinds.Default, () => new ValueTask(server.DropDatabaseAsync(connection)));
        }

        var folder = Directory.CreateTempSubdirectory("reco-store-").FullName;
        return new TestStore(settings with { ConnectionString = $"Data Source={folder}/deep/reco.db" }, new FakeClock(), InteractionKinds.Default, () =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>A migrated empty store that is reached through a PgBouncer.</summary>
    public static async Task<TestStore> CreatePooledAsync(bool isMigrated = true)
    {
        var server = await SharedPostgres.GetAsync();
        var bouncer = await Bouncer.Value;
        var connection = await server.CreateDatabaseAsync(isMigrated ? await PostgresTemplate.Value : null);
        var settings = new StorageSettings { Provider = StorageProvider.Postgres, WriteTimeout = TimeSpan.FromSeconds(20), ConnectionString = bouncer.Before(connection) + (isMigrated ? ";Max Auto Prepare=0" : "") };
        var store = new TestStore(settings, new FakeClock(), InteractionKinds.Default, () => new ValueTask(server.DropDatabaseAsync(connection)));
        if (isMigrated)
            await store.Database.MigrateAsync(CancellationToken.None);
        return store;
    }

    private static readonly Lazy<Task<PgBouncer>> Bouncer = new(async () =>
    {
        var bouncer = await PgBouncer.StartAsync(await SharedPostgres.GetAsync());
        AtTheEnd.Do(bouncer.DisposeAsync);
        return bouncer;
    });

    /// <summary>A migrated empty store on a server of the test's own.</summary>
    public static async Task<TestStore> CreateOnAsync(PostgresServer server)
    {
        var settings = new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), WriteTimeout = TimeSpan.FromSeconds(5) };
        var store = new TestStore(settings, new FakeClock(), InteractionKinds.Default, () => ValueTask.CompletedTask);
        await store.Database.MigrateAsync(CancellationToken.None);
        return store;
    }

    /// <summary>The same settings with another address.</summary>
    public TestStore At(string connectionString) => With(Settings with { ConnectionString = connectionString });

    public TestStore With(StorageSettings settings) => new(settings, Clock, Kinds, () => ValueTask.CompletedTask);

    /// <summary>Another process's view of the same database: its own pool, its own turn of writers.</summary>
    public TestStore Replica(InteractionKinds? kinds = null, TimeSpan? writeTimeout = null) =>
        new(Settings with { WriteTimeout = writeTimeout ?? Settings.WriteTimeout }, Clock, kinds ?? Kinds, () => ValueTask.CompletedTask);

    /// <summary>A build with other columns, on the same database.</summary>
    internal TestStore WithColumns(InteractionColumns columns) => new(Settings, Clock, Kinds, () => ValueTask.CompletedTask, columns);

    public byte Kind(string name)
    {
        Assert.True(Kinds.TryGetIndex(name, out var index));
        return index;
    }

    /// <param name="userId">The user.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="kind">By name.</param>
    /// <param name="id">The client's.</param>
    /// <param name="at">Seconds after a moment 30 days ago; null for none.</param>
    /// <param name="value">The rating.</param>
    public NewInteraction Interaction(string userId, string itemId, string kind = "view", string? id = null, double? at = null, double? value = null) => new()
    {
        Id = id,
        UserId = userId,
        ItemId = itemId,
        KindIndex = Kind(kind),
        Value = value,
        OccurredAt = at is { } seconds ? Clock.GetUtcNow().AddDays(-30).AddSeconds(seconds) : null,
    };

    public NewInteraction Rating(string userId, string itemId, double value, double? at = null) => Interaction(userId, itemId, "rating", null, at, value);

    public Task<AppendResult> AppendAsync(params NewInteraction[] interactions) => Interactions.AppendAsync(interactions, CancellationToken.None);

    public async Task<List<StoredInteraction>> ListAsync(string userId) => [.. (await Interactions.ListAsync(userId, null, 1000, CancellationToken.None)).Items];

    /// <summary>By a connection of its own, behind the store's back.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Settings.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync() ?? 0L);
    }

    public Task ExecuteAsync(string sql) => CountAsync(sql);

    public async ValueTask DisposeAsync()
    {
        await opened.DisposeAsync();
        await delete();
    }
}
