using System.Diagnostics;
using System.Text;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Tests.Wire;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

/// <summary>
/// Reading and judging alone, without a store, in a Release build:
/// <c>dotnet run -c Release --project tests/RecoService.Api.Tests -- -explicit only -showliveoutput -class "*ImportThroughputTests"</c>.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class ImportThroughputTests(ITestOutputHelper output)
{
    private const int BlockRows = 10_000;
    private const int Blocks = 300;

    [Fact(Explicit = true)]
    public async Task Import_RatingsWithTextIds_ReadsSixHundredThousandRowsASecond()
    {
        var random = new Random(1);
        var start = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000);
        var block = string.Concat(Enumerable.Range(0, BlockRows).Select(row =>
            $"user-{random.Next(100_000):000000},item-{random.Next(20_000):00000},rating,{random.Next(1, 11) / 2.0},{start.AddSeconds(row):yyyy-MM-ddTHH:mm:ssZ}\n"));
        var binder = new InteractionBinder(new InteractionValidator(InteractionKinds.Default, new WireLimits(), new FixedTime()));
        var best = 0.0;
        for (var round = 0; round < 3; round++)
        {
            using var file = new RepeatedStream("userId,itemId,kind,value,occurredAt\n"u8.ToArray(), Encoding.UTF8.GetBytes(block), Blocks);
            var sink = new ImportSink<NewInteraction>(
                (_, _, _) => ValueTask.CompletedTask, (_, _, _) => Task.FromResult(new ImportCommit(Committed: true, BlockRows * Blocks, 0, 0, [])));
            var clock = Stopwatch.StartNew();

            var report = await new ImportRun<NewInteraction>(text => new MappedRows<NewInteraction>(text, binder, MemoryImport.Options(null)), MemoryImport.Options(null)).RunAsync(file, sink, progress: null, TestContext.Current.CancellationToken);

            Assert.Equal((BlockRows * Blocks, 0L), (report.Lines, report.Invalid));
            best = Math.Max(best, report.Lines / clock.Elapsed.TotalSeconds);
            output.WriteLine($"{report.Lines / clock.Elapsed.TotalSeconds / 1e6:0.00} million rows/s");
        }

        Assert.True(best >= 600_000, $"{best:N0} rows/s");
    }
}
