using System.Runtime;

namespace RecoService.Neural;

/// <summary>
/// Collects garbage between steps alone. TorchSharp hands numbers to libtorch by handles that nothing keeps alive during the call. A collection at that moment frees them under libtorch's hands, which then
/// finds a number of no type ("Expected false to be true"); in a training of minutes that happens.
/// </summary>
internal sealed class QuietHeap : IDisposable
{
    /// <summary>Bytes that may be allocated from one collection to the next.</summary>
    private const long Room = 192L << 20;

    /// <summary>What a step may allocate, so that it ends before the room does.</summary>
    private const long Step = 64L << 20;

    /// <summary>How many numbers of a step may stand in an array.</summary>
    public const int MostValues = (int)(Step / sizeof(float) / 4);

    private long settledAt;

    public QuietHeap() => Start();

    /// <summary>Called where nothing of libtorch is under way.</summary>
    public void Settle()
    {
        if (GC.GetTotalAllocatedBytes() - settledAt < Room - Step)
            return;
        End();
        Start();
    }

    public void Dispose() => End();

    private void Start()
    {
        settledAt = GC.GetTotalAllocatedBytes();
        // It collects first, and then not until it ends or the room is used up.
        if (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion)
            GC.TryStartNoGCRegion(Room);
    }

    private static void End()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            GC.EndNoGCRegion();
    }
}
