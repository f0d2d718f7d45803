namespace RecoService.Storage;

/// <summary>
/// Streams a file of any length into the store in constant memory: rows are staged apart, then merged in one transaction,
/// so a killed import leaves nothing and live writers wait only for the merge.
/// </summary>
public sealed class BulkImport
{
    private readonly Store store;

    internal BulkImport(Store store) => this.store = store;

    /// <summary>Interactions and ratings, under the rules of <see cref="InteractionLog.AppendAsync"/>. A rating without a time, or with one ahead, that says what the stored one says is a duplicate.</summary>
    public Task<ImportStage<NewInteraction>> StageInteractionsAsync(CancellationToken ct) =>
        store.WithinLimitAsync(() => store.Provider.StageInteractionsAsync(store, ct));

    /// <summary>Items. A row changes the fields it gives, creates a missing item and brings a deleted one back. Rows that change nothing are duplicates.</summary>
    public Task<ImportStage<ImportedItem>> StageItemsAsync(CancellationToken ct) =>
        store.WithinLimitAsync(() => store.Provider.StageItemsAsync(store, ct));

    /// <summary>Users. A row changes the attributes it gives and creates a missing user. Rows that change nothing are duplicates.</summary>
    public Task<ImportStage<ImportedUser>> StageUsersAsync(CancellationToken ct) =>
        store.WithinLimitAsync(() => store.Provider.StageUsersAsync(store, ct));
}
