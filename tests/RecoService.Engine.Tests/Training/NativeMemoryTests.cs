using System.Runtime.InteropServices;
using RecoService.Engine.Computing;

namespace RecoService.Engine.Tests.Training;

/// <summary>Nothing else may run beside what is measured of the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class NativeMemoryTests
{
    /// <summary>A trainer's library may take memory that the collector knows nothing of.</summary>
    [Fact]
    public void Claim_NativeMemoryBeyondTheBound_Throws()
    {
        const int bytes = 1 << 30;
        // Pages that the collector keeps from earlier tests, committed but swapped out or never touched, would hide as much native memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var memory = new TrainingMemory(64 << 20);
        var native = Marshal.AllocHGlobal(bytes);
        try
        {
            // A page that nobody has written to takes no memory.
            for (var position = 0; position < bytes; position += 4096)
                Marshal.WriteByte(native, position, 1);

            Assert.Throws<TrainingException>(() => memory.Claim());
        }
        finally
        {
            Marshal.FreeHGlobal(native);
        }
    }
}
