using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>A disk of 2 MB, where the account that runs the tests may mount one.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task SqliteDiskFull_WritesAreUnavailableAndNothingIsHalfWritten()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var database = TestDatabase.At(StorageProvider.Sqlite, $"Data Source={disk.Path}/reco.db");
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });

        // Batches of ten, so that half of one would show.
        var accepted = 1;
        HttpStatusCode status;
        for (var batch = 0; ; batch++)
        {
            var body = JsonSerializer.Serialize(Enumerable.Range(0, 10).Select(n => new { id = $"{batch}-{n}-{new string('x', 200)}", userId = $"u{n}", itemId = "i", kind = "view" }));
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await service.Storefront.PostAsync("/interactions", content);
            status = response.StatusCode;
            if (status != HttpStatusCode.OK)
            {
                Assert.NotNull(response.Headers.RetryAfter);
                break;
            }

            accepted += 10;
            Assert.True(accepted < 100_000, "The disk does not fill.");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(accepted, await database.CountAsync("SELECT count(*) FROM interactions"));
        Assert.Equal(["i"], await service.Storefront.RecommendAsync("u"));
        using var ready = await service.Anonymous.GetAsync("/health/ready");
        await ready.ReadJsonAsync(HttpStatusCode.OK);

        await disk.EnlargeAsync();

        await service.Storefront.PostInteractionsAsync(new { id = "after", userId = "u", itemId = "i", kind = "view" });
        Assert.Equal(accepted + 1, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    private sealed class SmallDisk(string path) : IAsyncDisposable
    {
        public string Path => path;

        public static async Task<SmallDisk> MountAsync()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Mounting a small disk needs root on Linux.");
            var path = Directory.CreateTempSubdirectory("reco-disk-").FullName;
            if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path) != 0)
            {
                Directory.Delete(path);
                Assert.Skip("This machine does not let the tests mount a small disk.");
            }

            return new SmallDisk(path);
        }

        public async Task EnlargeAsync() => Assert.Equal(0, await RunAsync("mount", "-o", "remount,size=64m", path));

        public async ValueTask DisposeAsync()
        {
            await RunAsync("umount", path);
            Directory.Delete(path);
        }

        private static async Task<int> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }
}
