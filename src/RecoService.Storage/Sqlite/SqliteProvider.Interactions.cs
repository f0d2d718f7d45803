using System.Data.Common;
using RecoService.Storage.Columns;

namespace RecoService.Storage.Sqlite;

/// <summary>Row by row with prepared statements: the database is in this process, so a statement costs microseconds.</summary>
internal sealed partial class SqliteProvider
{
    private readonly string insertInteraction;
    private readonly string upsertRating;

    private static string InsertInteraction(InteractionColumns columns) => $"""
        INSERT INTO interactions ({columns.OfInteractions})
        VALUES (@id, @user, @item, @kind, {columns.Prefixed("@")}, @at, @now, @fingerprint, @change)
        ON CONFLICT (id) DO NOTHING
        """;

    private static string UpsertRating(InteractionColumns columns) => $"""
        INSERT INTO ratings AS {InteractionColumns.Rating} ({columns.OfRatings})
        VALUES (@user, @item, {columns.Prefixed("@")}, @at, @now, @change)
        {columns.UpsertRatings}
        """;

    public override Task<int[]> ResolveUsersAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct) =>
        Task.FromResult(Resolve(context, "users", "INSERT INTO users (id, created_at, updated_at) VALUES (@id, @now, @now) RETURNING key", ids, ("now", now)));

    public override async Task<int[]> ResolveItemsAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct) =>
        Resolve(context, "items", "INSERT INTO items (id, listed, created_at, updated_at, change) VALUES (@id, 0, @now, @now, @change) RETURNING key", ids,
            ("now", now), ("change", await NextChangeAsync(context, ct)));

    private static int[] Resolve(RecoDbContext context, string table, string insertSql, string[] ids, params ReadOnlySpan<(string, object?)> parameters)
    {
        using var find = context.Command($"SELECT key FROM {table} WHERE id = @id", ("id", null));
        using var insert = context.Command(insertSql, parameters);
        insert.AddParameter("id", null);
        var keys = new int[ids.Length];
        for (var position = 0; position < ids.Length; position++)
        {
            find.Parameters["id"].Value = insert.Parameters["id"].Value = ids[position];
            keys[position] = Convert.ToInt32(find.ExecuteScalar() ?? insert.ExecuteScalar());
        }

        return keys;
    }

    public override async Task<AppendStatus[]> InsertInteractionsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct)
    {
        await using var insert = RowCommand(context, insertInteraction, now, await NextChangeAsync(context, ct));
        await using var find = context.Command("SELECT fingerprint FROM interactions WHERE id = @id", ("id", null));
        foreach (var name in (string[])["id", "kind", "fingerprint"])
            insert.AddParameter(name, null);

        var statuses = new AppendStatus[rows.Count];
        for (var position = 0; position < rows.Count; position++)
        {
            var row = rows[position];
            Fill(insert, row);
            insert.Parameters["id"].Value = find.Parameters["id"].Value = row.Id;
            insert.Parameters["kind"].Value = row.Kind;
            insert.Parameters["fingerprint"].Value = row.Fingerprint;
            if (insert.ExecuteNonQuery() == 0)
                statuses[position] = find.ExecuteScalar() is long fingerprint && fingerprint != row.Fingerprint ? AppendStatus.Conflict : AppendStatus.Duplicate;
        }

        return statuses;
    }

    public override async Task<bool[]> UpsertRatingsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct)
    {
        await using var upsert = RowCommand(context, upsertRating, now, await NextChangeAsync(context, ct));
        var stored = new bool[rows.Count];
        for (var position = 0; position < rows.Count; position++)
        {
            Fill(upsert, rows[position]);
            stored[position] = upsert.ExecuteNonQuery() > 0;
        }

        return stored;
    }

    private DbCommand RowCommand(RecoDbContext context, string sql, long now, long change)
    {
        var command = context.Command(sql, ("now", now), ("change", change));
        foreach (var name in (string[])["user", "item", "at", .. Columns.Content.Select(column => column.Name)])
            command.AddParameter(name, null);
        return command;
    }

    private void Fill(DbCommand command, InteractionRow row)
    {
        command.Parameters["user"].Value = row.UserKey;
        command.Parameters["item"].Value = row.ItemKey;
        command.Parameters["at"].Value = row.OccurredAt;
        foreach (var column in Columns.Content)
            command.Parameters[column.Name].Value = column.ValueOf(row.Content) ?? DBNull.Value;
    }
}
