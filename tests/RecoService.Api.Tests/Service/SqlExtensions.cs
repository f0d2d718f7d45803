using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using RecoService.Storage;

namespace RecoService.Api.Tests.Service;

/// <summary>Looks into a database behind the service's back, and damages it.</summary>
internal static class SqlExtensions
{
    public static async Task<DbConnection> OpenAsync(this TestDatabase database)
    {
        DbConnection connection = database.Provider == StorageProvider.Postgres
            ? new NpgsqlConnection(database.ConnectionString + ";Pooling=false")
            : new SqliteConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    public static async Task<int> ExecuteAsync(this TestDatabase database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<long> CountAsync(this TestDatabase database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    /// <summary>The texts of the first column.</summary>
    public static async Task<HashSet<string>> ReadTextsAsync(this TestDatabase database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
            texts.Add(reader.GetString(0));
        return texts;
    }
}
