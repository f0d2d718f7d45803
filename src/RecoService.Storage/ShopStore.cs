using RecoService.Engine.Data;
using RecoService.Storage.Attribution;
using RecoService.Storage.Columns;
using RecoService.Storage.Entities;
using RecoService.Storage.Health;
using RecoService.Storage.Operations;
using RecoService.Storage.Postgres;
using RecoService.Storage.Privacy;
using RecoService.Storage.Sqlite;

namespace RecoService.Storage;

/// <summary>The database of a shop, and what reads and writes it; each call opens what it needs. Disposing closes the connections that are kept.</summary>
public sealed class ShopStore : IAsyncDisposable
{
    /// <param name="settings">Where it is.</param>
    /// <param name="kinds">The kinds of interactions that the shop knows.</param>
    /// <param name="time">Tells when something was stored.</param>
    public ShopStore(StorageSettings settings, InteractionKinds kinds, TimeProvider time)
        : this(settings, kinds, time, InteractionColumns.Default)
    {
    }

    /// <summary>A test may add a column.</summary>
    internal ShopStore(StorageSettings settings, InteractionKinds kinds, TimeProvider time, InteractionColumns columns)
    {
        Inner = new Store(CreateProvider(settings, columns, time), time, kinds, new AuditChain(settings.AuditSecrets));
        Database = new Database(Inner);
        Catalogue = new Catalogue(Inner);
        Interactions = new InteractionLog(Inner);
        Search = new InteractionSearch(Inner);
        Corrections = new Corrections(Inner, Interactions);
        Merges = new UserMerges(Inner);
        Import = new BulkImport(Inner);
        Feed = new ServingFeed(Inner);
        Runs = new RunLog(Inner);
        Models = new ModelStore(Inner);
        Publications = new PublicationLog(Inner);
        Impressions = new ImpressionLog(Inner);
        Rules = new DefinitionLog<RuleRow>(Inner, Leases.Rules, "rule");
        Figures = new RecommendationFigures(Inner);
        Exploration = new ExplorationLog(Inner);
        Outcomes = new OutcomeLog(Inner);
        Experiments = new DefinitionLog<ExperimentRow>(Inner, Leases.Experiments, "experiment");
        Configuration = new DefinitionLog<ConfigurationRow>(Inner, Leases.Configuration, "section");
        Audit = new AuditLog(Inner);
        Imports = new ImportLog(Inner);
        ApiKeys = new ApiKeyLog(Inner);
        SessionKeys = new SessionKeyLog(Inner);
        Health = new DataHealth(Inner);
        Erasures = new ErasureLog(Inner);
        PersonalData = new PersonalData(Inner);
        Retention = new InteractionRetention(Inner);
    }

    /// <summary>The database as a whole.</summary>
    public Database Database { get; }

    /// <summary>Users and items.</summary>
    public Catalogue Catalogue { get; }

    /// <summary>What users did.</summary>
    public InteractionLog Interactions { get; }

    /// <summary>Looks for what users did.</summary>
    public InteractionSearch Search { get; }

    /// <summary>What takes interactions back.</summary>
    public Corrections Corrections { get; }

    /// <summary>What makes two users one.</summary>
    public UserMerges Merges { get; }

    /// <summary>Rows of files.</summary>
    public BulkImport Import { get; }

    /// <summary>What a serving state is built from and follows.</summary>
    public ServingFeed Feed { get; }

    /// <summary>The model runs.</summary>
    public RunLog Runs { get; }

    /// <summary>The stored models.</summary>
    public ModelStore Models { get; }

    /// <summary>What is served, and was.</summary>
    public PublicationLog Publications { get; }

    /// <summary>What users were shown.</summary>
    public ImpressionLog Impressions { get; }

    /// <summary>The merchandising rules, with all their revisions.</summary>
    public DefinitionLog Rules { get; }

    /// <summary>What users did with what they were shown.</summary>
    public RecommendationFigures Figures { get; }

    /// <summary>What came of the items of places that explore.</summary>
    public ExplorationLog Exploration { get; }

    /// <summary>What became of each list that users were shown.</summary>
    public OutcomeLog Outcomes { get; }

    /// <summary>The experiments, with all that they were.</summary>
    public DefinitionLog Experiments { get; }

    /// <summary>The settings that hold without a restart, with all that they were.</summary>
    public DefinitionLog Configuration { get; }

    /// <summary>What was changed by whom.</summary>
    public AuditLog Audit { get; }

    /// <summary>The keys that operators make.</summary>
    public ApiKeyLog ApiKeys { get; }

    /// <summary>The last imports.</summary>
    public ImportLog Imports { get; }

    /// <summary>The keys that sessions are encrypted with.</summary>
    public SessionKeyLog SessionKeys { get; }

    /// <summary>What is wrong with the data.</summary>
    public DataHealth Health { get; }

    /// <summary>Who is erased, and what became of it.</summary>
    public ErasureLog Erasures { get; }

    /// <summary>All that is held of a user.</summary>
    public PersonalData PersonalData { get; }

    /// <summary>Deletes what users did long ago.</summary>
    public InteractionRetention Retention { get; }

    internal Store Inner { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Inner.DisposeAsync();

    private static StoreProvider CreateProvider(StorageSettings settings, InteractionColumns columns, TimeProvider time) => settings.Provider switch
    {
        StorageProvider.Sqlite => new SqliteProvider(settings, columns),
        StorageProvider.Postgres => new PostgresProvider(settings, columns, time),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, "Unknown storage provider."),
    };
}
