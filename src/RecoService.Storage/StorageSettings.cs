using RecoService.Storage.Postgres;
using RecoService.Storage.Sqlite;

namespace RecoService.Storage;

/// <summary>Where the store is and how long a write may wait for it.</summary>
public sealed record StorageSettings
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>An ADO.NET connection string; for PostgreSQL also a URL (<c>postgres://...</c>). For SQLite the file's folder is created.</summary>
    public string ConnectionString { get; init; } = "Data Source=data/reco.db";

    /// <summary>A write that waits longer for the database ends in <see cref="StorageUnavailableException"/>. Default 5 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Create the database where it does not exist. Default: only SQLite's file.</summary>
    public bool? CreateDatabase { get; init; }

    /// <summary>With what the audit log is chained, so that who can only write the database cannot make an entry: the current secret first, then earlier ones. None: by plain hashes.</summary>
    public IReadOnlyList<string> AuditSecrets { get; init; } = [];

    internal bool CreatesDatabase => CreateDatabase ?? Provider == StorageProvider.Sqlite;

    /// <summary>Looks at the connection string alone; whether the database is there shows when it is opened.</summary>
    /// <exception cref="StorageConfigurationException">It cannot be read.</exception>
    public void Check()
    {
        if (Provider == StorageProvider.Postgres)
            PostgresConnectionString.Parse(ConnectionString, out _);
        else
            SqliteConnectionString.Parse(ConnectionString);
    }
}
