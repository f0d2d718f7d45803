using System.Globalization;
using System.Runtime.InteropServices;
using RecoService.Api.Computing;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Computing;

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

    [Fact]
    public async Task ModelRun_InAProcessOfItsOwn_LeavesTheWorkersThatServeRequestsAtTheirPriority()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Priorities are tested on Linux.");
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await RetrainTests.PublishOneAsync(database);
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, TasteShop.SlowTraining));
        using var client = await process.ConnectWhenReadyAsync();
        using var started = await client.PostAsync("/admin/retrain", null);
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () => (await client.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the run trains");

        var threads = ThreadsOf(process.Id);

        var ordinary = threads.Single(thread => thread.Id == process.Id).Niceness;
        var workers = threads.Where(thread => thread.Name == ".NET TP Worker").ToList();
        Assert.Contains(threads, thread => thread.Name == BackgroundThread.Name && thread.Niceness == BackgroundThread.Niceness);
        Assert.True(workers.Count >= Environment.ProcessorCount, $"There are {workers.Count} workers.");
        Assert.All(workers, worker => Assert.Equal(ordinary, worker.Niceness));
        Assert.Contains("\"System.Threading.ThreadPool.ThreadsToKeepAlive\": -1", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "RecoService.Api.runtimeconfig.json")), StringComparison.Ordinal);
        await process.KillAsync();
    }

    /// <summary>As /proc tells; a thread that ends meanwhile is left out.</summary>
    private static List<(int Id, string Name, int Niceness)> ThreadsOf(int processId)
    {
        var threads = new List<(int, string, int)>();
        foreach (var folder in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            try
            {
                // The fields after the name in brackets, of which the niceness is the seventeenth.
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                threads.Add((int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), text[(text.IndexOf('(') + 1)..text.LastIndexOf(')')], int.Parse(fields[16], CultureInfo.InvariantCulture)));
            }
            catch (IOException)
            {
            }
        }

        return threads;
    }

    [DllImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetPriority(int which, uint who);
}
