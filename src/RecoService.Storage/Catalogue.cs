using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;
using RecoService.Storage.Operations;

namespace RecoService.Storage;

/// <summary>Items and users by the shop's ids.</summary>
public sealed class Catalogue
{
    private readonly Store store;

    internal Catalogue(Store store) => this.store = store;

    /// <summary>Replaces an item's record; a deleted item comes back with the key it had. Created: there was no record before.</summary>
    /// <param name="check">Of this and every other write: sees what is stored (null: nothing, or deleted) under the lock of the write, and throws when it must not be written.</param>
    public Task<(StoredItem Item, bool Created)> PutItemAsync(string itemId, ItemRecord record, CancellationToken ct, Action<StoredItem?>? check = null) => store.WriteAsync(async context =>
    {
        var item = await LockItemAsync(context, itemId, ct);
        check?.Invoke(item is { DeletedAt: null } ? item.ToStored() : null);
        if (item is null)
            context.Add(item = new ItemRow { Id = itemId, CreatedAt = store.Now });
        var created = !item.Listed || item.DeletedAt is not null;
        AuditScope.Note(created ? null : item.Record, record);
        item.DeletedAt = null;
        item.Record = record;
        await SaveItemAsync(context, item, listed: true, ct);
        return (item.ToStored(), created);
    }, ct);

    /// <summary>Changes an item's record without losing another's change; an unlisted item becomes listed. Null: unknown or deleted.</summary>
    public Task<StoredItem?> PatchItemAsync(string itemId, Func<ItemRecord, ItemRecord> change, CancellationToken ct, Action<StoredItem?>? check = null) => store.WriteAsync(async context =>
    {
        if (await LockItemAsync(context, itemId, ct) is not { DeletedAt: null } item)
            return null;
        check?.Invoke(item.ToStored());
        var before = item.Record;
        item.Record = change(before);
        AuditScope.Note(before, item.Record);
        await SaveItemAsync(context, item, listed: true, ct);
        return item.ToStored();
    }, ct);

    /// <summary>Null: unknown or deleted.</summary>
    public Task<StoredItem?> GetItemAsync(string itemId, CancellationToken ct) => store.ReadAsync(async context =>
        (await context.Items.AsNoTracking().SingleOrDefaultAsync(item => item.Id == itemId && item.DeletedAt == null, ct))?.ToStored(), ct);

    /// <summary>Takes an item out of the catalogue; its key and its interactions stay. The key and the row's new revision, or null: unknown or deleted already.</summary>
    public Task<(int Key, long Revision)?> DeleteItemAsync(string itemId, CancellationToken ct, Action<StoredItem?>? check = null) => store.WriteAsync<(int Key, long Revision)?>(async context =>
    {
        if (await LockItemAsync(context, itemId, ct) is not { DeletedAt: null } item)
            return null;
        check?.Invoke(item.ToStored());
        item.DeletedAt = store.Now;
        AuditScope.Note(item.Record, null);
        item.Record = new ItemRecord();
        await SaveItemAsync(context, item, listed: false, ct);
        return (item.Key, item.Revision);
    }, ct);

    /// <summary>Items by key, unlisted ones included.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<StoredItem>> ListItemsAsync(string? cursor, int limit, CancellationToken ct)
    {
        var after = Cursor.Decode(cursor, 1)?[0] ?? 0;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Items.AsNoTracking()
                .Where(item => item.Key > after && item.DeletedAt == null).OrderBy(item => item.Key).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToStored()), limit, item => Cursor.Encode(item.Key));
        }, ct);
    }

    /// <summary>Replaces a user's attributes. Created: the user was unknown.</summary>
    public Task<(StoredUser User, bool Created)> PutUserAsync(string userId, string? attributesJson, CancellationToken ct, Action<StoredUser?>? check = null) => store.WriteAsync(async context =>
    {
        var user = await LockUserAsync(context, userId, ct);
        check?.Invoke(user?.ToStored());
        var created = user is null;
        if (user is null)
            context.Add(user = new UserRow { Id = userId, CreatedAt = store.Now });
        user.AttributesJson = attributesJson;
        await context.SaveUserAsync(store, user, ct);
        return (user.ToStored(), created);
    }, ct);

    /// <summary>Changes a user's attributes without losing another's change. Null: unknown.</summary>
    public Task<StoredUser?> PatchUserAsync(string userId, Func<string?, string?> changeAttributes, CancellationToken ct, Action<StoredUser?>? check = null) => store.WriteAsync(async context =>
    {
        if (await LockUserAsync(context, userId, ct) is not { } user)
            return null;
        check?.Invoke(user.ToStored());
        user.AttributesJson = changeAttributes(user.AttributesJson);
        await context.SaveUserAsync(store, user, ct);
        return user.ToStored();
    }, ct);

    /// <summary>Null: unknown.</summary>
    public Task<StoredUser?> GetUserAsync(string userId, CancellationToken ct) => store.ReadAsync(async context =>
        (await context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId, ct))?.ToStored(), ct);

    /// <summary>Users by key.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<StoredUser>> ListUsersAsync(string? cursor, int limit, CancellationToken ct)
    {
        var after = Cursor.Decode(cursor, 1)?[0] ?? 0;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Users.AsNoTracking().Where(user => user.Key > after).OrderBy(user => user.Key).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(row => row.ToStored()), limit, user => Cursor.Encode(user.Key));
        }, ct);
    }

    private Task<ItemRow?> LockItemAsync(RecoDbContext context, string itemId, CancellationToken ct) =>
        context.Items.Locked(store.Provider, $"SELECT * FROM items WHERE id = {itemId}").AsTracking().FirstOrDefaultAsync(ct);

    private Task<UserRow?> LockUserAsync(RecoDbContext context, string userId, CancellationToken ct) =>
        context.Users.Locked(store.Provider, $"SELECT * FROM users WHERE id = {userId}").AsTracking().FirstOrDefaultAsync(ct);

    private async Task SaveItemAsync(RecoDbContext context, ItemRow item, bool listed, CancellationToken ct)
    {
        item.Listed = listed;
        item.UpdatedAt = store.Now;
        item.Revision++;
        item.Change = await store.Provider.NextChangeAsync(context, ct);
        await context.SaveChangesAsync(ct);
    }
}
