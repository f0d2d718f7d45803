namespace RecoService.Storage;

/// <summary>Where the store is and how long a write may wait for it.</summary>
public sealed record StorageSettings
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>An ADO.NET connection string. For SQLite the file's folder is created.</summary>
    public string ConnectionString { get; init; } = "Data Source=data/reco.db";

    /// <summary>A write that waits longer for the database ends in <see cref="StorageUnavailableException"/>. Default 5 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
