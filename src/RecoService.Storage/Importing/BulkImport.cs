namespace RecoService.Storage;

/// <summary>
/// Streams a file of any length into the store in constant memory: rows are staged apart, then merged in one transaction,
/// so a killed import leaves nothing and live writers wait only for the merge.
/// </summary>
public sealed class BulkImport
{
    private readonly Store store;

    internal BulkImport(Store store) => this.store = store;

    /// <summary>Interactions and ratings, under the rules of <see cref="InteractionLog.AppendAsync"/>. A rating without a time that says what the stored one says is a duplicate.</summary>
    public Task<ImportStage<NewInteraction>> StageInteractionsAsync(CancellationToken ct) =>
        store.GuardAsync(() => store.Provider.StageInteractionsAsync(store, ct), ct);

    /// <summary>Items, each line a PUT; the last line of an id wins. Lines that change nothing are duplicates.</summary>
    public Task<ImportStage<(string ItemId, ItemRecord Record)>> StageItemsAsync(CancellationToken ct) =>
        store.GuardAsync(() => store.Provider.StageItemsAsync(store, ct), ct);

    /// <summary>Users, each line a PUT; the last line of an id wins. Lines that change nothing are duplicates.</summary>
    public Task<ImportStage<(string UserId, string? AttributesJson)>> StageUsersAsync(CancellationToken ct) =>
        store.GuardAsync(() => store.Provider.StageUsersAsync(store, ct), ct);
}
