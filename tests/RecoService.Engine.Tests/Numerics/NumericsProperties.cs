using FsCheck;
using FsCheck.Xunit;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

/// <summary>What holds of all numbers, NaN and infinities included. A failure names the seed, which <c>Replay</c> repeats.</summary>
[Properties(MaxTest = 500, QuietOnSuccess = true)]
public sealed class NumericsProperties
{
    [Property]
    public void TopK_OfAnyScores_IsTheHeadOfASort(float[] scores, byte capacity)
    {
        var (indexes, best) = (new int[capacity], new float[capacity]);
        var queue = new TopK(capacity);
        for (var index = 0; index < scores.Length; index++)
            queue.Offer(index, scores[index]);

        var count = queue.Drain(indexes, best);

        var expected = Enumerable.Range(0, scores.Length).Where(index => !float.IsNaN(scores[index])).OrderByDescending(index => scores[index]).ThenBy(index => index).Take(capacity).ToArray();
        Assert.Equal(expected, indexes[..count]);
        Assert.Equal(expected.Select(index => scores[index]), best[..count]);
    }

    /// <summary>Few distinct scores, so that most are ties.</summary>
    [Property]
    public void TopK_InWhateverOrder_KeepsTheSame(byte[] scores, int seed, byte capacity)
    {
        var (forward, shuffled) = (new TopK(capacity), new TopK(capacity));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        foreach (var index in order)
            forward.Offer(index, scores[index] % 4);
        new Random(seed).Shuffle(order);
        foreach (var index in order)
            shuffled.Offer(index, scores[index] % 4);

        Assert.Equal(IndexesOf(forward), IndexesOf(shuffled));
    }

    [Property]
    public void OrderedBits_OfTwoNumbers_AreInTheirOrder(float left, float right)
    {
        if (float.IsNaN(left) || float.IsNaN(right))
            return;

        Assert.Equal(left, OrderedBits.ToFloat(OrderedBits.Of(left)));
        if (left != right)
            Assert.Equal(left < right, OrderedBits.Of(left) < OrderedBits.Of(right));
    }

    [Property]
    public void Quickselect_AtAnyPlace_PutsTheSmallestFirst(NonEmptyArray<float> given, byte placeOf)
    {
        var keys = given.Get.Where(key => !float.IsNaN(key)).ToArray();
        if (keys.Length == 0)
            return;
        var position = placeOf % keys.Length;
        var order = Enumerable.Range(0, keys.Length).ToArray();

        Quickselect.Select(keys, order, position);

        Assert.Equal(Enumerable.Range(0, keys.Length), order.Order());
        Assert.Equal(keys.Order().ElementAt(position), keys[order[position]]);
        Assert.All(order[..position], index => Assert.True(keys[index] <= keys[order[position]]));
    }

    [Property]
    public void LargestEntries_OfARow_AreItsHeadBySizeInTheOrderOfColumns(int[] given, byte capacity)
    {
        var row = Array.ConvertAll(given, value => (float)value);
        var columns = Enumerable.Range(0, row.Length).Select(position => 3 * position).ToArray();

        var (kept, values) = new LargestEntries(capacity).Of(row, columns);

        var expected = Enumerable.Range(0, row.Length).Where(position => row[position] != 0).OrderByDescending(position => Math.Abs(row[position])).ThenBy(position => position).Take(capacity).Order().ToArray();
        Assert.Equal(expected.Select(position => columns[position]), kept);
        Assert.Equal(expected.Select(position => row[position]), values);
    }

    /// <summary>At whole numbers of this size every order of adding gives the same bits, so that the reference is exact.</summary>
    [Property]
    public void Dot_OfWholeNumbers_IsTheSumOfProducts(short[] left, short[] right)
    {
        var length = Math.Min(left.Length, right.Length);
        var (p, q) = (Array.ConvertAll(left[..length], value => (float)(value % 64)), Array.ConvertAll(right[..length], value => (float)(value % 64)));

        var expected = p.Zip(q, (one, other) => (double)one * other).Sum();

        Assert.Equal(expected, VectorMath.Dot(p, q));
        Assert.Equal(expected, VectorMath.DotInDouble(p, q));
        Assert.Equal(expected, VectorMath.DotOfPair(p, q));
    }

    private static int[] IndexesOf(TopK queue)
    {
        var indexes = new int[queue.Count];
        queue.Drain(indexes, new float[queue.Count]);
        return indexes;
    }
}
