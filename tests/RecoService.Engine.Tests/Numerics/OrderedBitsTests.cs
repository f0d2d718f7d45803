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
}
