using System.Runtime.InteropServices;
using RecoService.Api.Hosting;

namespace RecoService.Api.Tests.Hosting;

public sealed class BackgroundThreadTests
{
    [Fact]
    public async Task RunAsync_OnLinux_TheThreadAndItsChildrenHaveLowPriorityAndTheCallerKeepsIts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Priorities are tested on Linux.");
        var before = GetPriority(0, 0);

        var (own, child, later) = await BackgroundThread.RunAsync(async () =>
        {
            var (ownPriority, childPriority) = (GetPriority(0, 0), 0);
            var thread = new Thread(() => childPriority = GetPriority(0, 0));
            thread.Start();
            await Task.Run(() => thread.Join());
            return (ownPriority, childPriority, GetPriority(0, 0));
        });

        Assert.Equal(BackgroundThread.Niceness, own);
        Assert.Equal(BackgroundThread.Niceness, child);
        Assert.Equal(BackgroundThread.Niceness, later);
        Assert.Equal(before, GetPriority(0, 0));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_TheTaskFailsWithThatException() =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => BackgroundThread.RunAsync<int>(async () =>
        {
            await Task.Yield();
            throw new OperationCanceledException();
        }));

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);
}
