using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using RecoService.Storage;

namespace RecoService.Tests.Shared;

/// <summary>Looks for a text in the files of a database, whatever tables and indexes they hold.</summary>
public static class StoredBytes
{
    /// <summary>The files or relations that hold the bytes of a text, after the database has given back what was deleted.</summary>
    public static Task<List<string>> FindAsync(StorageProvider provider, string connectionString, string text) =>
        provider == StorageProvider.Postgres ? FindInPostgresAsync(connectionString, text) : FindInSqliteAsync(connectionString, text);

    private static async Task<List<string>> FindInSqliteAsync(string connectionString, string text)
    {
        await using (var connection = new SqliteConnection(connectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            foreach (var sql in new[] { "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)" })
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync();
            }
        }

        var folder = Path.GetDirectoryName(new SqliteConnectionStringBuilder(connectionString).DataSource)!;
        var needle = Encoding.UTF8.GetBytes(text);
        var found = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes);
            if (bytes.AsSpan().IndexOf(needle) >= 0)
                found.Add(Path.GetFileName(path));
        }

        return found;
    }

    private static async Task<List<string>> FindInPostgresAsync(string connectionString, string text)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        // Statistics keep samples of columns until they are taken anew, and files are behind until a checkpoint.
        foreach (var sql in new[] { "ANALYZE", "VACUUM FULL", "CHECKPOINT" })
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
            await command.ExecuteNonQueryAsync();
        }

        await using var search = new NpgsqlCommand(
            """
            SELECT oid::regclass::text FROM pg_class
            WHERE pg_relation_filepath(oid) IS NOT NULL AND NOT relisshared
                AND position(convert_to(@text, 'UTF8') IN pg_read_binary_file(pg_relation_filepath(oid), 0, pg_relation_size(oid), true)) > 0
            """,
            connection);
        search.Parameters.AddWithValue("text", text);
        var found = await ReadAsync(search);
        if (!found.Contains("pg_statistic"))
            return found;
        // Which column it is a sample of; of none, it stands in a row that is dead and that an older transaction keeps.
        await using var samples = new NpgsqlCommand(
            "SELECT 'statistics of ' || tablename || '.' || attname FROM pg_stats WHERE position(@text IN coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')) > 0", connection);
        samples.Parameters.AddWithValue("text", text);
        return [.. found, .. await ReadAsync(samples)];
    }

    private static async Task<List<string>> ReadAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
