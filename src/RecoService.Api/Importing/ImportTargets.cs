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
            ImportTarget.Users => ImportUsersAsync(file, text => new MappedRows<ImportedUser>(text, users, options), options, progress, ct),
            ImportTarget.Items => ImportItemsAsync(file, text => new MappedRows<ImportedItem>(text, items, options), options, progress, ct),
            _ => ImportInteractionsAsync(file, text => new MappedRows<NewInteraction>(text, interactions, options), options, progress, ct),
        };

    /// <summary>Users that are read in a way of their own.</summary>
    public Task<ImportReport> ImportUsersAsync(Stream file, Func<Stream, IRowReader<ImportedUser>> open, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) =>
        RunAsync(open, openUsers, file, options, progress, ct);

    /// <summary>Items that are read in a way of their own.</summary>
    public Task<ImportReport> ImportItemsAsync(Stream file, Func<Stream, IRowReader<ImportedItem>> open, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) =>
        RunAsync(open, openItems, file, options, progress, ct);

    /// <summary>Interactions that are read in a way of their own.</summary>
    public Task<ImportReport> ImportInteractionsAsync(Stream file, Func<Stream, IRowReader<NewInteraction>> open, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) =>
        RunAsync(open, openInteractions, file, options, progress, ct);

    private static async Task<ImportReport> RunAsync<T>(
        Func<Stream, IRowReader<T>> open, Func<CancellationToken, Task<ImportSink<T>>> openSink, Stream file, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        await using var sink = await openSink(ct);
        return await new ImportRun<T>(open, options).RunAsync(file, sink, progress, ct);
    }
}
