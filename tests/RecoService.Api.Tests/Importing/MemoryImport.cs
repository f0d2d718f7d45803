using System.IO.Compression;
using System.Text;
using RecoService.Api.Commands;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Wire;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>Imports into lists: a sink that commits everything, or what a test tells it to.</summary>
internal sealed class MemoryImport
{
    private static readonly WireLimits Limits = new();

    public List<(long Line, NewInteraction Row)> Interactions { get; } = [];

    public List<(long Line, ImportedItem Row)> Items { get; } = [];

    public List<(long Line, ImportedUser Row)> Users { get; } = [];

    public List<string> Hashes { get; } = [];

    public ImportCommit? Answer { get; init; }

    public int SinksDisposed { get; private set; }

    public ImportTargets Targets => new(
        new UserBinder(new UserValidator(Limits), Limits),
        _ => Task.FromResult(SinkTo(Users)),
        new ItemBinder(new ItemValidator(Limits, new FixedTime()), Limits),
        _ => Task.FromResult(SinkTo(Items)),
        new InteractionBinder(new InteractionValidator(InteractionKinds.Default, Limits, new FixedTime())),
        _ => Task.FromResult(SinkTo(Interactions)));

    public static PreviewBinders Preview { get; } = new(new WireValidators(InteractionKinds.Default, Limits, new FixedTime()));

    /// <summary>What other services give out, read with the default settings.</summary>
    public static IReadOnlyList<ServiceDump> Dumps { get; } = ServiceDumps.Of(InteractionKinds.Default, new WireValidators(InteractionKinds.Default, Limits, new FixedTime()), new CompatibilitySettings());

    public static byte[] Gzip(byte[] bytes, bool stored = false)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, stored ? CompressionLevel.NoCompression : CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public Task<ImportReport> RunAsync(string text, ImportArguments? arguments = null, ImportTarget target = ImportTarget.Interactions) =>
        RunAsync(Encoding.UTF8.GetBytes(text), arguments, target);

    public Task<ImportReport> RunAsync(byte[] bytes, ImportArguments? arguments = null, ImportTarget target = ImportTarget.Interactions) =>
        RunAsync(bytes, Options(arguments), target);

    public async Task<ImportReport> RunAsync(byte[] bytes, ImportOptions options, ImportTarget target = ImportTarget.Interactions)
    {
        using var file = new MemoryStream(bytes);
        return await Targets.ImportAsync(target, file, options, progress: null, TestContext.Current.CancellationToken);
    }

    public static ImportOptions Options(ImportArguments? arguments)
    {
        var problems = new List<FieldProblem>();
        var options = (arguments ?? new ImportArguments()).Parse(problems);
        Assert.Empty(problems);
        return options!;
    }

    private ImportSink<T> SinkTo<T>(List<(long Line, T Row)> rows) => new(
        (line, row, _) =>
        {
            rows.Add((line, row));
            return ValueTask.CompletedTask;
        },
        (hash, _, _) =>
        {
            Hashes.Add(hash);
            return Task.FromResult(Answer ?? new ImportCommit(Committed: true, rows.Count, 0, 0, []));
        },
        () =>
        {
            SinksDisposed++;
            return ValueTask.CompletedTask;
        });
}
