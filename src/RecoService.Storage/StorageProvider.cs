namespace RecoService.Storage;

/// <summary>Which database holds the shop.</summary>
public enum StorageProvider
{
    /// <summary>Embedded, one file; for one replica.</summary>
    Sqlite,

    /// <summary>PostgreSQL 13 or later; for production and for several replicas.</summary>
    Postgres,
}
