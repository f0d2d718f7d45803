using System.Runtime.InteropServices;
using Nito.AsyncEx;

namespace RecoService.Api.Computing;

/// <summary>Runs long computations on a thread of their own at low priority, so that requests come first wherever both want a core.</summary>
internal static class BackgroundThread
{
    /// <summary>Of 0 (ordinary) to 19 (only when nobody else wants the core).</summary>
    public const int Niceness = 10;

    public const string Name = "low priority";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>What follows an await runs on the thread as well, and threads that <paramref name="work"/> starts have the same low priority.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            MakeWorkers();
            LowerPriority();
            try
            {
                completion.SetResult(AsyncContext.Run(work));
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
        })
        { IsBackground = true, Name = Name };
        thread.Start();
        return completion.Task;
    }

    /// <summary>
    /// On Linux a worker of the thread pool has, for life, the priority of the thread that happened to make it, and it goes on to serve requests. So the workers that the
    /// pool wants at least are made first, and that it keeps whatever it has is a setting of the project.
    /// </summary>
    private static void MakeWorkers()
    {
        ThreadPool.GetMinThreads(out var count, out _);
        // A worker that waits for the others serves nobody, and they may be busy: where all have been made already, none must.
        if (ThreadPool.ThreadCount >= count)
            return;
        var made = new CountdownEvent(count);
        for (var worker = 0; worker < count; worker++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                made.Signal();
                made.Wait(Patience);
            }, state: null);
        }

        made.Wait(Patience);
    }

    private static void LowerPriority()
    {
        if (OperatingSystem.IsLinux())
        {
            // Thread.Priority does nothing on Linux. There, priority belongs to a thread, 0 names the calling one, and its children inherit it.
            // A refusal leaves it as it was, which is slower for requests and wrong for nobody.
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);
}
