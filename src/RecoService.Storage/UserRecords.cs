using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>What every change of a user's record does.</summary>
internal static class UserRecords
{
    /// <summary>Saves a record that is locked or new, so that replicas hear of it.</summary>
    public static async Task SaveUserAsync(this RecoDbContext context, Store store, UserRow user, CancellationToken ct)
    {
        user.UpdatedAt = store.Now;
        user.Revision++;
        user.Change = await store.Provider.NextChangeAsync(context, ct);
        await context.SaveChangesAsync(ct);
    }
}
