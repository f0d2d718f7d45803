using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Factors;

public sealed class FoldInHistoryTests
{
    [Fact]
    public void Kept_AllKnownAndFew_IsTheHistoryItself()
    {
        using var history = new FoldInHistory(new UserHistory(4, [0, 2], [1, 2], [5, 6], [3, float.NaN]), Model(3));
        Assert.Equal(4, history.Kept.UserIndex);
        Assert.Equal([0, 2], history.Kept.Items);
        Assert.Equal([1f, 2], history.Kept.Weights);
    }

    [Fact]
    public void Kept_SomeUnknown_LeavesThemOut()
    {
        using var history = new FoldInHistory(new UserHistory(-1, [0, 1, 2], [1, 2, 3], [7, 8, 9], [4, 5, float.NaN]), Model(3, unknown: 1));
        Assert.Equal([0, 2], history.Kept.Items);
        Assert.Equal([1f, 3], history.Kept.Weights);
        Assert.Equal([7L, 9], history.Kept.Times);
        Assert.Equal([4, float.NaN], history.Kept.Ratings);
    }

    [Fact]
    public void Kept_VeryMany_AreTheNewestAndOfOneMomentThoseOfLowIndex()
    {
        // Item i at the time i / 10, 1,200 unknown: 994 known ones are newer than the time 20, and of that six more, 200 to 205.
        const int Count = 1_205;
        int[] items = [.. Enumerable.Range(0, Count)];
        using var history = new FoldInHistory(
            new UserHistory(-1, items, new float[Count], Array.ConvertAll(items, item => item / 10L), new float[Count]), Model(Count, unknown: 1_200));
        Assert.Equal([.. Enumerable.Range(200, 6), .. Enumerable.Range(210, Count - 210).Where(item => item != 1_200)], history.Kept.Items.ToArray());
    }

    private static FactorModel Model(int items, int unknown = -1)
    {
        var factors = new FactorMatrix(items, 1);
        if (unknown >= 0)
            factors.Row(unknown).Fill(float.NaN);
        return new FactorModel(KeyMap.Empty, KeyMap.FromAscending([.. Enumerable.Range(0, items)]), new FactorMatrix(0, 1), factors);
    }
}
