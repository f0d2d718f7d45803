using RecoService.Storage.Entities;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Postgres;

internal sealed partial class PostgresProvider
{
    private const string CreateItemRecords = """
        CREATE TEMP TABLE import_records (line bigint PRIMARY KEY, id text COLLATE "C", title text, description text, categories_json text, price numeric, sale_price numeric, currency text,
            available boolean, hidden boolean, added_at bigint, group_id text, image_url text, consumes_for_days float8, attributes_json text, given int, filled int, kept_line bigint) ON COMMIT DROP
        """;

    private const string CreateUserRecords = """
        CREATE TEMP TABLE import_records (line bigint PRIMARY KEY, id text COLLATE "C", attributes_json text, given int, filled int, kept_line bigint) ON COMMIT DROP
        """;

    public override string KeyImported(string table) =>
        $"CREATE TEMP TABLE import_{table}_keys ON COMMIT DROP AS SELECT s.local, t.key FROM import_{table} s JOIN {table} t ON t.id = s.id FOR KEY SHARE OF t";

    public override async Task<ImportStage<NewInteraction>> StageInteractionsAsync(Store store, CancellationToken ct) =>
        await PostgresInteractionStage.OpenAsync(store, ct);

    public override async Task<ImportStage<ImportedItem>> StageItemsAsync(Store store, CancellationToken ct) =>
        new PostgresRecordStage<ImportedItem>(store, await PostgresStaging.OpenAsync(store, CreateItemRecords, ct), 17, WriteItem, RecordTable.Items);

    public override async Task<ImportStage<ImportedUser>> StageUsersAsync(Store store, CancellationToken ct) =>
        new PostgresRecordStage<ImportedUser>(store, await PostgresStaging.OpenAsync(store, CreateUserRecords, ct), 5, WriteUser, RecordTable.Users);

    private static void WriteUser(CopyWriter to, ImportedUser user)
    {
        to.Write(user.UserId);
        to.Write(user.AttributesJson);
        to.Write(user.GivesAttributes ? 1 : 0);
        to.Write(user is { GivesAttributes: true, AttributesJson: not null } ? 1 : 0);
        to.WriteNull();
    }

    private static void WriteItem(CopyWriter to, ImportedItem item)
    {
        to.Write(item.ItemId);
        to.Write(item.Record.Title);
        to.Write(item.Record.Description);
        to.Write(ItemRow.WriteCategories(item.Record.Categories));
        to.Write(item.Record.Price);
        to.Write(item.Record.SalePrice);
        to.Write(item.Record.Currency);
        to.Write(item.Record.Available);
        to.Write(item.Record.Hidden);
        to.Write(item.Record.AddedAt?.ToUnixTimeMilliseconds());
        to.Write(item.Record.GroupId);
        to.Write(item.Record.ImageUrl);
        to.Write(item.Record.ConsumesForDays);
        to.Write(item.Record.AttributesJson);
        to.Write((int)item.Given);
        to.Write((int)item.Filled);
        to.WriteNull();
    }
}
