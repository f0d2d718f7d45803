using System.Diagnostics;

namespace RecoService.Api.Tests.Service;

/// <summary>Polls with a deadline.</summary>
internal static class Wait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">For the message.</param>
    /// <param name="deadline">Default 3 minutes: on a busy machine training waits for everything else.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Deadline;
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"Waited {limit.TotalSeconds} s in vain until {what}.");
            await Task.Delay(Pause);
        }
    }
}
