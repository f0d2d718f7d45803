using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class QuickselectTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(17, 4)]
    [InlineData(500, 10)]
    [InlineData(500, 499)]
    public void Select_AnyKeys_BringsTheSmallestToTheFront(int count, int k)
    {
        var keys = Datasets.Floats(count, seed: 3);
        AssertSelected(keys, k);
        AssertSelected(Array.ConvertAll(keys, key => MathF.Round(key)), k);
        AssertSelected([.. keys.Order()], k);
        AssertSelected([.. keys.OrderDescending()], k);
        AssertSelected(new float[count], k);
    }

    [Fact]
    public void Select_KeysThatDefeatEveryPivot_StillSelects()
    {
        // Rising from one end and falling to the other: the median of three is always among the smallest.
        var keys = new float[4096];
        for (var position = 0; position < keys.Length; position++)
            keys[position] = position < keys.Length / 2 ? position : keys.Length - position;
        AssertSelected(keys, 10);
    }

    [Fact]
    public void Select_EqualKeys_FollowsTheSteps()
    {
        // Keys 2 1 1 1 2, k = 1. Of entries 0, 2, 4 (keys 2, 1, 2) entry 0 stays as the median, entry 2 moves beside it: 0 2 1 3 4. Around its key 2 left stops at
        // place 4 and right at place 3: the pivot changes places with entry 3: 3 2 1 0 4, and places 0..2 are left. Of 3, 2, 1 (all 1) nothing moves;
        // left stops at place 2, right at place 1: the pivot goes there: 2 3 1, and place 1 is found.
        var order = new[] { 0, 1, 2, 3, 4 };
        Quickselect.Select([2, 1, 1, 1, 2], order, 1);
        Assert.Equal([2, 3, 1, 0, 4], order);
    }

    private static void AssertSelected(float[] keys, int k)
    {
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Quickselect.Select(keys, order, k);

        Assert.Equal(Enumerable.Range(0, keys.Length), order.Order());
        Assert.Equal(keys.Order().ElementAt(k), keys[order[k]]);
        Assert.All(order[..k], index => Assert.True(keys[index] <= keys[order[k]]));
    }
}
