using RecoService.Storage.Entities;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Sqlite;

internal sealed partial class SqliteProvider
{
    private const string CreateItemRecords = """
        CREATE TABLE import_records (line INTEGER PRIMARY KEY, id TEXT, title TEXT, description TEXT, categories_json TEXT, price TEXT, currency TEXT,
            available INTEGER, hidden INTEGER, added_at INTEGER, group_id TEXT, image_url TEXT, attributes_json TEXT)
        """;

    private const string CreateUserRecords = "CREATE TABLE import_records (line INTEGER PRIMARY KEY, id TEXT, attributes_json TEXT)";

    // In the connection's temporary database, which is left when the connection goes back to the pool.
    public override string KeyImported(string table) => $"""
        DROP TABLE IF EXISTS temp.import_{table}_keys;
        CREATE TEMP TABLE import_{table}_keys (local INTEGER PRIMARY KEY, key INTEGER NOT NULL);
        INSERT INTO import_{table}_keys SELECT s.local, t.key FROM import_{table} s JOIN {table} t ON t.id = s.id;
        """;

    public override async Task<ImportStage<NewInteraction>> StageInteractionsAsync(Store store, CancellationToken ct) =>
        new SqliteInteractionStage(store, await store.KindKeysAsync(ct), file);

    public override Task<ImportStage<(string ItemId, ItemRecord Record)>> StageItemsAsync(Store store, CancellationToken ct)
    {
        var staging = new SqliteStaging(file, CreateItemRecords);
        var insert = staging.Insert(
            "import_records", "line", "id", "title", "description", "categories", "price", "currency", "available", "hidden", "added", "group", "image", "attributes");
        return Task.FromResult<ImportStage<(string ItemId, ItemRecord Record)>>(new SqliteRecordStage<(string ItemId, ItemRecord Record)>(
            store, staging, insert, ValuesOf, (context, rows, now, token) => RecordMerge.MergeItemsAsync(context, this, rows, now, token)));
    }

    public override Task<ImportStage<(string UserId, string? AttributesJson)>> StageUsersAsync(Store store, CancellationToken ct)
    {
        var staging = new SqliteStaging(file, CreateUserRecords);
        var insert = staging.Insert("import_records", "line", "id", "attributes");
        return Task.FromResult<ImportStage<(string UserId, string? AttributesJson)>>(new SqliteRecordStage<(string UserId, string? AttributesJson)>(
            store, staging, insert, user => [user.UserId, user.AttributesJson], RecordMerge.MergeUsersAsync));
    }

    private static object?[] ValuesOf((string ItemId, ItemRecord Record) item) =>
    [
        item.ItemId, item.Record.Title, item.Record.Description, ItemRow.WriteCategories(item.Record.Categories), item.Record.Price, item.Record.Currency,
        item.Record.Available, item.Record.Hidden, item.Record.AddedAt?.ToUnixTimeMilliseconds(), item.Record.GroupId, item.Record.ImageUrl, item.Record.AttributesJson,
    ];
}
