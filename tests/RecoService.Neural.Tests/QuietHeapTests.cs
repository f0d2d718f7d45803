namespace RecoService.Neural.Tests;

/// <summary>No garbage is collected while libtorch computes.</summary>
public sealed class QuietHeapTests
{
    [Fact]
    public void Settle_MuchAllocated_CollectsOnlyThere()
    {
        using var heap = new QuietHeap();
        for (var round = 0; round < 3; round++)
        {
            var before = GC.CollectionCount(0);
            var kept = 0L;
            // As much as a training allocates in many steps, which would be collected some times over.
            for (var step = 0; step < 140; step++)
                kept += new byte[1 << 20].Length;

            Assert.Equal(140L << 20, kept);
            Assert.Equal(before, GC.CollectionCount(0));
            heap.Settle();
            Assert.True(GC.CollectionCount(0) > before);
        }
    }

    [Fact]
    public void Settle_LittleAllocated_CollectsNothing()
    {
        using var heap = new QuietHeap();
        var before = GC.CollectionCount(0);

        for (var step = 0; step < 1_000; step++)
            heap.Settle();

        Assert.Equal(before, GC.CollectionCount(0));
    }

    [Fact]
    public void Dispose_MoreAllocatedThanThereIsRoom_DoesNotFail()
    {
        var kept = new List<byte[]>();
        using (new QuietHeap())
        {
            for (var step = 0; step < 300; step++)
                kept.Add(new byte[1 << 20]);
        }

        using var again = new QuietHeap();
        Assert.Equal(300, kept.Count);
    }
}
