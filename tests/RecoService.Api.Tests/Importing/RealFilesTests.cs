using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Tests.Importing;

/// <summary>The public data sets, where they lie beside the checkout.</summary>
public sealed class RealFilesTests
{
    private readonly MemoryImport import = new();

    [Fact]
    public async Task Import_MovieLens100K_IsHundredThousandRatings()
    {
        var report = await RunAsync(
            "ml-100k/u.data",
            new ImportArguments { Delimiter = "tab", NoHeader = true, Map = ["userId=1", "itemId=2", "value=3", "occurredAt=4"], Set = ["kind=rating"] });

        Assert.Equal((true, 100_000L, 100_000L, 0L), (report.Committed, report.Lines, report.Accepted, report.Invalid));
        Assert.Equal(943, import.Interactions.Select(pair => pair.Row.UserId).Distinct().Count());
        Assert.Equal(1_682, import.Interactions.Select(pair => pair.Row.ItemId).Distinct().Count());
    }

    [Fact]
    public async Task Import_OnlineRetail_KeepsEveryPurchaseOfACustomer()
    {
        var report = await RunAsync("online-retail/online-retail.csv.gz", CsvImportTests.OnlineRetail);

        Assert.Equal((true, 541_909L, 397_924L, 143_985L, 0L), (report.Committed, report.Lines, report.Accepted, report.Dropped, report.Invalid));
        Assert.Equal(4_339, import.Interactions.Select(pair => pair.Row.UserId).Distinct().Count());
        Assert.All(import.Interactions, pair => Assert.True(pair.Row is { OrderId: not null, Quantity: > 0, UnitPrice: >= 0 }));
    }

    private async Task<ImportReport> RunAsync(string path, ImportArguments arguments)
    {
        var found = FindData() is { } data ? Path.Combine(data, path) : null;
        Assert.SkipUnless(File.Exists(found), $"../shared/data/{path} is not beside the checkout.");
        await using var file = File.OpenRead(found!);
        return await import.Targets.ImportAsync(
            ImportTarget.Interactions, file, MemoryImport.Options(arguments), progress: null, TestContext.Current.CancellationToken);
    }

    private static string? FindData()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RecoService.sln")))
            {
                var data = Path.Combine(folder.FullName, "..", "shared", "data");
                return Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}
