using System.Diagnostics;

namespace RecoService.Api.Tests.Faults;

/// <summary>A disk in memory that is soon full, where the account that runs the tests may mount one.</summary>
internal sealed class SmallDisk(string path) : IAsyncDisposable
{
    public string Path => path;

    /// <param name="size">As mount writes it.</param>
    /// <param name="owner">Whose it is; null: root's.</param>
    public static async Task<SmallDisk> MountAsync(string size = "2m", string? owner = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Mounting a small disk needs root on Linux.");
        var path = Directory.CreateTempSubdirectory("reco-disk-").FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) != 0)
        {
            Directory.Delete(path);
            Assert.Skip("This machine does not let the tests mount a small disk.");
        }

        if (owner is not null)
            Assert.Equal(0, await RunAsync("chown", owner, path));
        return new SmallDisk(path);
    }

    /// <summary>Leaves some kilobytes.</summary>
    public async Task FillAsync() => await RunAsync("sh", "-c", $"dd if=/dev/zero of={path}/filler bs=1k 2>/dev/null; truncate -s -40K {path}/filler");

    public async Task EnlargeAsync(string size = "64m") => Assert.Equal(0, await RunAsync("mount", "-o", $"remount,size={size}", path));

    public async ValueTask DisposeAsync()
    {
        // A server that is still up may hold a file of it for a moment; lazily, the folder is free at once and the disk goes with its last user.
        await RunAsync("umount", "--lazy", path);
        Directory.Delete(path);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
