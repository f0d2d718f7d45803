using System.Runtime.InteropServices;
using RecoService.Api.Retraining;

namespace RecoService.Api.Tests.Retraining;

public sealed class BackgroundThreadTests
{
    [Fact]
    public async Task RunAsync_OnLinux_TheThreadAndItsChildrenHaveLowPriorityAndTheCallerKeepsIts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Priorities are tested on Linux.");
        var before = GetPriority(0, 0);

        var (own, child) = await BackgroundThread.RunAsync(() =>
        {
            var childPriority = 0;
            var thread = new Thread(() => childPriority = GetPriority(0, 0));
            thread.Start();
            thread.Join();
            return (GetPriority(0, 0), childPriority);
        });

        Assert.Equal(BackgroundThread.Niceness, own);
        Assert.Equal(BackgroundThread.Niceness, child);
        Assert.Equal(before, GetPriority(0, 0));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_TheTaskFailsWithThatException() =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => BackgroundThread.RunAsync<int>(() => throw new OperationCanceledException()));

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);
}
