using RecoService.Storage.Columns;

namespace RecoService.Storage.Tests.Columns;

/// <summary>A build whose descriptor has one column more: it is written, compared, merged, corrected and cleared like the others, by nothing but the descriptor.</summary>
public abstract class AddedColumnContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly InteractionColumns More = new([.. InteractionColumns.Default.Content, ContentColumn.Text("channel", row => row.SessionId is { } session ? $"by {session}" : null)]);

    private static NewInteraction By(string? channel, NewInteraction interaction) => interaction with { SessionId = channel };

    [Fact]
    public async Task Append_InteractionsAndRatings_StoresIt()
    {
        await using var store = await MoreAsync();

        await store.AppendAsync(By("mail", store.Interaction("u", "i", id: "a")), By("app", store.Rating("u", "i", 4)), store.Interaction("u", "j", id: "b"));

        Assert.Equal([("a", "by mail"), ("b", null)], await ReadAsync(store, "interactions", "id"));
        Assert.Equal([("4", "by app")], await ReadAsync(store, "ratings", "CAST(CAST(value AS int) AS text)"));
    }

    /// <summary>Of a rating at the same time only what says something else counts.</summary>
    [Fact]
    public async Task Append_RatingThatDiffersInIt_TakesItsPlace()
    {
        await using var store = await MoreAsync();
        await store.AppendAsync(By("mail", store.Rating("u", "i", 4, at: 1)));

        var same = await store.AppendAsync(By("mail", store.Rating("u", "i", 4, at: 1)));
        var other = await store.AppendAsync(By("app", store.Rating("u", "i", 4, at: 1)));

        Assert.Equal((0, 1), (same.Accepted, other.Accepted));
        Assert.Equal([("i", "by app")], await ReadAsync(store, "ratings", "(SELECT id FROM items WHERE key = item_key)"));
    }

    [Fact]
    public async Task Import_EveryRule_StoresIt()
    {
        await using var store = await MoreAsync();
        await store.AppendAsync(By("mail", store.Interaction("u", "i", id: "a", at: 1)));

        var result = await ImportAsync(
            store, ConflictRule.Replace,
            By("app", store.Interaction("u", "i", id: "a", at: 1)), By("web", store.Interaction("u", "i", id: "new", at: 2)), By("till", store.Interaction("v", "i", at: 3)), By("app", store.Rating("u", "i", 5, at: 1)));
        var again = await ImportAsync(store, ConflictRule.Fail, By("web", store.Rating("u", "i", 5, at: 2)), By("web", store.Rating("v", "j", 3, at: 2)));

        Assert.Equal((4, 2), (result.Accepted, again.Accepted));
        Assert.Equal(["by app", "by till", "by web"], (await ReadAsync(store, "interactions", "id")).Select(row => row.Channel).Order(StringComparer.Ordinal));
        Assert.Equal([("i", "by web"), ("j", "by web")], await ReadAsync(store, "ratings", "(SELECT id FROM items WHERE key = item_key)"));
    }

    [Fact]
    public async Task Correct_AndTakeBack_ReplacesAndClearsIt()
    {
        await using var store = await MoreAsync();
        await store.AppendAsync(By("mail", store.Interaction("u", "i", id: "a", at: 1)), By("mail", store.Rating("u", "i", 4, at: 1)));

        var corrected = await store.Corrections.PutAsync(By("app", store.Interaction("u", "i", id: "a", at: 1)), Ct);
        Assert.Equal(1, corrected.Correction.Count);
        Assert.Equal([("a", "by app")], await ReadAsync(store, "interactions", "id"));

        await store.Corrections.DeleteAsync("a", Ct);
        await store.Corrections.DeleteRatingAsync("u", "i", Ct);
        Assert.Equal([("a", null)], await ReadAsync(store, "interactions", "id"));
        Assert.Equal([("i", null)], await ReadAsync(store, "ratings", "(SELECT id FROM items WHERE key = item_key)"));
    }

    /// <summary>While both builds run, the older one neither sees the column nor stumbles over it.</summary>
    [Fact]
    public async Task OlderBuild_OnTheSameTables_GoesOn()
    {
        await using var store = await MoreAsync();
        await store.AppendAsync(By("mail", store.Interaction("u", "i", id: "a", at: 1)));

        await Store.AppendAsync(Store.Interaction("u", "i", id: "b", at: 2), Store.Rating("u", "i", 3));

        Assert.Equal(["b", "a"], (await Store.ListAsync("u")).Where(row => row.Id is not null).Select(row => row.Id!));
        Assert.Equal([("a", "by mail"), ("b", null)], await ReadAsync(store, "interactions", "id"));
    }

    private async Task<TestStore> MoreAsync()
    {
        await Store.Inner.WriteAsync(
            async context =>
            {
                await context.ExecuteAsync("ALTER TABLE interactions ADD COLUMN channel text", Ct);
                await context.ExecuteAsync("ALTER TABLE ratings ADD COLUMN channel text", Ct);
            },
            Ct);
        return Store.WithColumns(More);
    }

    private static async Task<ImportResult> ImportAsync(TestStore store, ConflictRule onConflict, params NewInteraction[] rows)
    {
        await using var stage = await store.Import.StageInteractionsAsync(Ct);
        for (var position = 0; position < rows.Length; position++)
            await stage.AddAsync(position + 1, rows[position], Ct);
        return await stage.CommitAsync($"file {onConflict}", new ImportRules { OnConflict = onConflict }, Ct);
    }

    private static Task<List<(string Row, string? Channel)>> ReadAsync(TestStore store, string table, string row) => store.Inner.ReadSnapshotAsync(
        async context =>
        {
            List<(string, string?)> rows = [];
            await using var command = context.Command($"SELECT {row}, channel FROM {table} ORDER BY 1");
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
                rows.Add((reader.GetString(0), reader.GetText(1)));
            return rows;
        },
        Ct);
}

public sealed class SqliteAddedColumnTests() : AddedColumnContract(StorageProvider.Sqlite);

public sealed class PostgresAddedColumnTests() : AddedColumnContract(StorageProvider.Postgres);
