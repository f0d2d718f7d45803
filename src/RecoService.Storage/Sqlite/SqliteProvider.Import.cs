using RecoService.Storage.Entities;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Sqlite;

internal sealed partial class SqliteProvider
{
    private const string CreateItemRecords = """
        CREATE TABLE import_records (line INTEGER PRIMARY KEY, id TEXT, title TEXT, description TEXT, categories_json TEXT, price TEXT, sale_price TEXT, currency TEXT,
            available INTEGER, hidden INTEGER, added_at INTEGER, group_id TEXT, image_url TEXT, consumes_for_days REAL, attributes_json TEXT, given INTEGER, filled INTEGER, kept_line INTEGER)
        """;

    private const string CreateUserRecords = "CREATE TABLE import_records (line INTEGER PRIMARY KEY, id TEXT, attributes_json TEXT, given INTEGER, filled INTEGER, kept_line INTEGER)";

    // In the connection's temporary database, which is left when the connection goes back to the pool.
    public override string KeyImported(string table) => $"""
        DROP TABLE IF EXISTS temp.import_{table}_keys;
        CREATE TEMP TABLE import_{table}_keys (local INTEGER PRIMARY KEY, key INTEGER NOT NULL);
        INSERT INTO import_{table}_keys SELECT s.local, t.key FROM import_{table} s JOIN {table} t ON t.id = s.id;
        """;

    public override async Task<ImportStage<NewInteraction>> StageInteractionsAsync(Store store, CancellationToken ct) =>
        new SqliteInteractionStage(store, await store.KindKeysAsync(ct), file);

    public override Task<ImportStage<ImportedItem>> StageItemsAsync(Store store, CancellationToken ct)
    {
        var staging = new SqliteStaging(file, CreateItemRecords);
        var insert = staging.Insert(
            "import_records", "line", "id", "title", "description", "categories", "price", "sale", "currency", "available", "hidden", "added", "group", "image", "consumes", "attributes", "given", "filled", "kept");
        return Task.FromResult<ImportStage<ImportedItem>>(new SqliteRecordStage<ImportedItem>(store, staging, insert, ValuesOf, RecordTable.Items));
    }

    public override Task<ImportStage<ImportedUser>> StageUsersAsync(Store store, CancellationToken ct)
    {
        var staging = new SqliteStaging(file, CreateUserRecords);
        var insert = staging.Insert("import_records", "line", "id", "attributes", "given", "filled", "kept");
        return Task.FromResult<ImportStage<ImportedUser>>(new SqliteRecordStage<ImportedUser>(store, staging, insert, ValuesOf, RecordTable.Users));
    }

    private static object?[] ValuesOf(ImportedUser user) =>
        [user.UserId, user.AttributesJson, user.GivesAttributes ? 1 : 0, user is { GivesAttributes: true, AttributesJson: not null } ? 1 : 0, null];

    private static object?[] ValuesOf(ImportedItem item) =>
    [
        item.ItemId, item.Record.Title, item.Record.Description, ItemRow.WriteCategories(item.Record.Categories), item.Record.Price, item.Record.SalePrice, item.Record.Currency,
        item.Record.Available, item.Record.Hidden, item.Record.AddedAt?.ToUnixTimeMilliseconds(), item.Record.GroupId, item.Record.ImageUrl, item.Record.ConsumesForDays,
        item.Record.AttributesJson, (int)item.Given, (int)item.Filled, null,
    ];
}
