using RecoService.Api.Importing.Mapping;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing;

internal static class StoredImport
{
    /// <summary>Leads each kind of row from its reader into a store.</summary>
    /// <param name="import">The store's.</param>
    /// <param name="validators">Of the shop whose store it is.</param>
    public static ImportTargets Into(BulkImport import, WireValidators validators) => new(
        new UserBinder(validators.Users, validators.Limits), async ct => SinkOf(await import.StageUsersAsync(ct)),
        new ItemBinder(validators.Items, validators.Limits), async ct => SinkOf(await import.StageItemsAsync(ct)),
        new InteractionBinder(validators.Interactions), async ct => SinkOf(await import.StageInteractionsAsync(ct)));

    private static ImportSink<T> SinkOf<T>(ImportStage<T> stage) => new(
        stage.AddAsync,
        async (sourceHash, rules, ct) =>
        {
            var result = await stage.CommitAsync(sourceHash, rules, ct);
            return new ImportCommit(
                result.Committed, result.Accepted, result.Duplicates, result.ConflictCount,
                [.. result.Conflicts.Select(conflict => new ImportError(conflict.Line, conflict.Reason))])
            {
                Merged = result.Merged,
                Skipped = result.Skipped,
                Clamped = result.Clamped,
            };
        },
        stage.DisposeAsync);
}
