using RecoService.Api.Importing;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Tests.Wire;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class ImportMemoryTests
{
    [Fact]
    public async Task Import_LargeFile_NeedsNoMoreMemoryThanASmallOne()
    {
        var row = "some-user-id,some-item-id,rating,4.5,2026-01-02T03:04:05Z\n"u8.ToArray();
        using var file = new RepeatedStream("userId,itemId,kind,value,occurredAt\n"u8.ToArray(), row, times: 500_000);
        long rows = 0;
        long peak = 0;
        var sink = new ImportSink<NewInteraction>(
            (_, _, _) =>
            {
                if (++rows % 50_000 == 0)
                    peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
                return ValueTask.CompletedTask;
            },
            (_, _, _) => Task.FromResult(new ImportCommit(Committed: true, rows, 0, 0, [])));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var binder = new InteractionBinder(new InteractionValidator(InteractionKinds.Default, new WireLimits(), new FixedTime()));

        var report = await new ImportRun<NewInteraction>(text => new MappedRows<NewInteraction>(text, binder, MemoryImport.Options(null)), MemoryImport.Options(null)).RunAsync(file, sink, progress: null, TestContext.Current.CancellationToken);

        Assert.Equal(500_000, report.Accepted);
        // The file has 29 MB.
        Assert.True(peak - before < 8_000_000, $"{(peak - before) / 1_000_000} MB more in use during the import.");
    }
}
