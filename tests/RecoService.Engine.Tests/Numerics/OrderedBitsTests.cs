using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class OrderedBitsTests
{
    [Fact]
    public void Of_Floats_KeepsTheirOrder()
    {
        float[] ascending = [float.NegativeInfinity, -3, -1e-40f, -0f, 0, float.Epsilon, 1, float.MaxValue, float.PositiveInfinity];

        Assert.Equal(ascending, ascending.Select(OrderedBits.Of).Order().Select(OrderedBits.ToFloat));
        Assert.True(OrderedBits.Of(float.NaN) < OrderedBits.Of(float.NegativeInfinity));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void KthLargest_ManyTies_PartsAsTheKthDoes(int k)
    {
        var random = new SeededRandom(k, 0);
        var bits = new int[48];
        for (var position = 0; position < bits.Length; position++)
            bits[position] = position < 40 ? OrderedBits.Of(random.Next(10) - 5) : int.MinValue;

        var found = OrderedBits.KthLargest(bits, k);

        var sorted = bits.OrderDescending().ToArray();
        // Anything between the k-th and the next parts the numbers as the k-th does.
        Assert.Equal(bits.Count(number => number >= sorted[k - 1]), bits.Count(number => number >= found));
    }

    /// <summary>Whoever knows that the k-th reaches a number searches from there; where it does not, that number is as good as any.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void KthLargest_FromANumberOn_IsNoLessThanThatNumber(int k)
    {
        var random = new SeededRandom(k, 0);
        int[] bits = [.. Enumerable.Range(0, 32).Select(_ => OrderedBits.Of(random.NextGaussian()))];
        var kth = bits.OrderDescending().ElementAt(k - 1);

        Assert.Equal(CountFrom(kth), CountFrom(OrderedBits.KthLargest(bits, k, kth)));
        Assert.Equal(CountFrom(kth), CountFrom(OrderedBits.KthLargest(bits, k, OrderedBits.Of(float.NegativeInfinity))));
        Assert.Equal(CountFrom(kth), CountFrom(OrderedBits.KthLargest(bits, k, bits.Min())));
        Assert.Equal(kth + 1, OrderedBits.KthLargest(bits, k, kth + 1));
        Assert.Equal(int.MaxValue, OrderedBits.KthLargest(bits, k, int.MaxValue));

        int CountFrom(int least) => bits.Count(number => number >= least);
    }
}
