using RecoService.Api.Importing.Options;
using RecoService.Storage;

namespace RecoService.Api.Importing.Dumps;

/// <summary>What another service gives out of its data: which files there are, and what a record of each says.</summary>
/// <param name="Name">What <c>import NAME FOLDER</c> takes.</param>
/// <param name="About">Which files of which service.</param>
/// <param name="Files">In the order in which they are imported.</param>
internal sealed record ServiceDump(string Name, string About, IReadOnlyList<DumpFile> Files);

/// <summary>A file of a dump, and how it is imported.</summary>
/// <param name="Names">What it may be called, without what stands behind the first dot.</param>
/// <param name="Target">What it holds, or one of the things that it holds.</param>
/// <param name="ImportAsync">Imports an open file: all of it, or nothing when a record is bad and bad ones are not to be skipped.</param>
internal sealed record DumpFile(
    IReadOnlyList<string> Names, ImportTarget Target, Func<ImportTargets, Stream, bool, IProgress<ImportProgress>?, CancellationToken, Task<ImportReport>> ImportAsync)
{
    /// <summary>What a record says takes the place of what is stored under its id: a dump is the later one.</summary>
    private static ImportOptions OptionsOf(bool skipInvalid) => new() { Format = ImportFormat.Ndjson, OnConflict = ConflictRule.Replace, SkipInvalid = skipInvalid };

    public static DumpFile OfUsers(RecordReading<ImportedUser> read, params string[] names) =>
        new(names, ImportTarget.Users, (targets, file, skipInvalid, progress, ct) =>
            targets.ImportUsersAsync(file, text => new DumpRows<ImportedUser>(text, read, OptionsOf(skipInvalid)), OptionsOf(skipInvalid), progress, ct));

    public static DumpFile OfItems(RecordReading<ImportedItem> read, params string[] names) =>
        new(names, ImportTarget.Items, (targets, file, skipInvalid, progress, ct) =>
            targets.ImportItemsAsync(file, text => new DumpRows<ImportedItem>(text, read, OptionsOf(skipInvalid)), OptionsOf(skipInvalid), progress, ct));

    public static DumpFile OfInteractions(RecordReading<NewInteraction> read, params string[] names) =>
        new(names, ImportTarget.Interactions, (targets, file, skipInvalid, progress, ct) =>
            targets.ImportInteractionsAsync(file, text => new DumpRows<NewInteraction>(text, read, OptionsOf(skipInvalid)), OptionsOf(skipInvalid), progress, ct));

    /// <summary>The file in a folder, whatever it ends in: <c>users.jsonl</c>, <c>users.json.gz</c>. Null: it is not there.</summary>
    public string? In(string folder) => Directory.EnumerateFiles(folder)
        .Where(path => Names.Contains(Path.GetFileName(path).Split('.')[0], StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).FirstOrDefault();
}
