using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace RecoService.Storage;

internal static class SqlCommands
{
    /// <summary>A command in the context's open transaction.</summary>
    public static DbCommand Command(this RecoDbContext context, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
            command.CommandTimeout = timeout;
        foreach (var (name, value) in parameters)
            command.AddParameter(name, value);
        return command;
    }

    public static void AddParameter(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    public static async Task<int> ExecuteAsync(this RecoDbContext context, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = context.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<long> CountAsync(this RecoDbContext context, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = context.Command(sql, parameters);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct));
    }

    /// <summary>The first column of every row.</summary>
    public static async Task<List<int>> ReadIntsAsync(this RecoDbContext context, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        List<int> numbers = [];
        await using var command = context.Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            numbers.Add(reader.GetInt32(0));
        return numbers;
    }

    /// <summary>The rows of a query, locked until the transaction ends.</summary>
    public static IQueryable<T> Locked<T>(this DbSet<T> rows, StoreProvider provider, FormattableString query)
        where T : class => rows.FromSql(FormattableStringFactory.Create(query.Format + provider.ForUpdate, query.GetArguments()));

    public static string? GetText(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static double? GetNumber(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public static DateTimeOffset GetTime(this DbDataReader reader, int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
