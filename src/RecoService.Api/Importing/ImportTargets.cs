using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing;

/// <summary>Everything that can be imported: how its rows are made and where they go. Each import opens a sink of its own.</summary>
internal sealed class ImportTargets(
    UserBinder users,
    Func<CancellationToken, Task<ImportSink<ImportedUser>>> openUsers,
    ItemBinder items,
    Func<CancellationToken, Task<ImportSink<ImportedItem>>> openItems,
    InteractionBinder interactions,
    Func<CancellationToken, Task<ImportSink<NewInteraction>>> openInteractions)
{
    /// <exception cref="InvalidRequestException">The options do not fit the file; every fault is named.</exception>
    public Task<ImportReport> ImportAsync(
        ImportTarget target, Stream file, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) => target switch
        {
            ImportTarget.Interactions when options.MergeRows || options.Replace => throw new InvalidRequestException(
                [new FieldProblem(options.MergeRows ? "mergeRows" : "replace", "is for users and items; an interaction has an id of its own or none, see onConflict")]),
            ImportTarget.Users => RunAsync(users, openUsers, file, options, progress, ct),
            ImportTarget.Items => RunAsync(items, openItems, file, options, progress, ct),
            _ => RunAsync(interactions, openInteractions, file, options, progress, ct),
        };

    private static async Task<ImportReport> RunAsync<T>(
        RowBinder<T> binder, Func<CancellationToken, Task<ImportSink<T>>> open, Stream file, ImportOptions options, IProgress<ImportProgress>? progress,
        CancellationToken ct)
    {
        await using var sink = await open(ct);
        return await new ImportRun<T>(binder, options).RunAsync(file, sink, progress, ct);
    }
}
