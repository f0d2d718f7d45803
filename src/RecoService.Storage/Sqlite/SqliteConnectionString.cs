using Microsoft.Data.Sqlite;
using RecoService.Storage.Postgres;

namespace RecoService.Storage.Sqlite;

/// <summary>Reads a connection string that names a file: <c>Data Source=data/reco.db</c>.</summary>
internal static class SqliteConnectionString
{
    private const string Setting = StorageConfigurationException.ConnectionStringSetting;

    /// <exception cref="StorageConfigurationException">It cannot be read, or names no file.</exception>
    public static SqliteConnectionStringBuilder Parse(string text)
    {
        if (PostgresConnectionString.IsUrl(text))
            throw new StorageConfigurationException($"{Setting} is one of PostgreSQL. Set Reco:Storage:Provider=Postgres, or name a file: Data Source=data/reco.db.");
        SqliteConnectionStringBuilder connection;
        try
        {
            connection = new SqliteConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new StorageConfigurationException($"{Setting} cannot be read as one of SQLite, which is Data Source=data/reco.db. For PostgreSQL set Reco:Storage:Provider=Postgres.", e);
        }

        if (string.IsNullOrWhiteSpace(connection.DataSource))
            throw new StorageConfigurationException($"{Setting} names no file. Give Data Source=data/reco.db.");
        if (connection.DataSource == ":memory:" || connection.Mode == SqliteOpenMode.Memory || connection.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new StorageConfigurationException($"{Setting} must name a file by its path; a store in memory or a file: address is not supported.");
        return connection;
    }
}
