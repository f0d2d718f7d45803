using System.Collections.Concurrent;
using Xunit;

[assembly: AssemblyFixture(typeof(RecoService.Tests.Shared.AtTheEnd))]

namespace RecoService.Tests.Shared;

/// <summary>
/// Ends what all tests of the assembly share, the latest first, when the last of them is over. The runner takes an end of the process that lasts longer than a
/// second for a thread that was left running, so it is done before.
/// </summary>
public sealed class AtTheEnd : IAsyncDisposable
{
    private static readonly ConcurrentStack<Func<ValueTask>> Ends = [];

    public static void Do(Func<ValueTask> end) => Ends.Push(end);

    public async ValueTask DisposeAsync()
    {
        while (Ends.TryPop(out var end))
            await end();
    }
}
