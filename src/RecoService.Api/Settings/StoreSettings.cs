using System.ComponentModel.DataAnnotations;
using RecoService.Storage;

namespace RecoService.Api.Settings;

/// <summary>The database.</summary>
public sealed class StoreSettings
{
    /// <summary>The kind of database: <c>Sqlite</c> is embedded, <c>Postgres</c> is a server.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>An ADO.NET connection string. For PostgreSQL also a URL: <c>postgres://user:password@host:5432/database?sslmode=require</c>.
    /// SQLite's path is relative to the working directory.</summary>
    [Secret(IsAddress = true), Required]
    public string ConnectionString { get; set; } = "Data Source=data/reco.db";

    /// <summary>The deadline of a whole write, from its begin to its commit. A write, or a read of one record, that takes longer is answered 503 with
    /// <c>Retry-After</c>. The merge of an import and the storing of a model have this deadline per statement or none.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a database that does not exist is created. Without a value only SQLite's file is created, and a missing database of PostgreSQL is an
    /// error at start.</summary>
    public bool? CreateDatabase { get; set; }

    /// <summary>How often the service checks in the background whether the store takes writes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long such a check may take. A store that needs longer is reported as away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    internal StorageSettings ToStorage() => new() { Provider = Provider, ConnectionString = ConnectionString, WriteTimeout = WriteTimeout, CreateDatabase = CreateDatabase };
}
