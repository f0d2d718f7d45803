using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

public sealed class CatalogueChangesTests
{
    [Fact]
    public void CopySince_FewChanges_AreTheItemsInTheirOrder()
    {
        var changes = new CatalogueChanges();
        Assert.Equal((0L, 0), (changes.Version, changes.ItemCount));

        foreach (var item in (int[])[7, 3, 7])
            changes.Add(item);

        Span<int> into = [-1, -1, -1, -1];
        Assert.Equal((3L, 8), (changes.Version, changes.ItemCount));
        Assert.Equal(3, changes.CopySince(0, 3, into));
        Assert.Equal([7, 3, 7, -1], into.ToArray());
        Assert.Equal(1, changes.CopySince(1, 2, into));
        Assert.Equal(3, into[0]);
        Assert.Equal(0, changes.CopySince(3, 3, []));
    }

    [Fact]
    public void CopySince_MoreThanThereIsRoomForOrThanAreKept_IsRefused()
    {
        var changes = new CatalogueChanges();
        for (var item = 0; item < 2000; item++)
            changes.Add(item);

        Assert.Equal(-1, changes.CopySince(1990, 2000, new int[9]));
        Assert.Equal(10, changes.CopySince(1990, 2000, new int[10]));
        Assert.Equal(-1, changes.CopySince(0, 2000, new int[3000]));
        Assert.Equal(-1, changes.CopySince(900, 910, new int[10]));
        Assert.Equal(-1, changes.CopySince(2000, 1999, new int[10]));
        var into = new int[1023];
        Assert.Equal(1023, changes.CopySince(977, 2000, into));
        Assert.Equal(Enumerable.Range(977, 1023), into);
    }
}
