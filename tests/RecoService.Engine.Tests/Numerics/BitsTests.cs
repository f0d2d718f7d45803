using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class BitsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    public void WordsFor_Count_RoundsUp(int count, int expected) => Assert.Equal(expected, Bits.WordsFor(count));

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(99)]
    public void Set_OneBit_ThatBitOnly(int index)
    {
        var words = new ulong[Bits.WordsFor(100)];
        Bits.Set(words, index);
        Assert.Equal([index], Enumerable.Range(0, 200).Where(other => Bits.IsSet(words, other)));
        Bits.Clear(words, index);
        Assert.All(words, word => Assert.Equal(0ul, word));
    }

    /// <summary>Every set of two of 300 bits, and as many words of zeros, has a hash of its own.</summary>
    [Fact]
    public void HashOf_OtherBitsOrAnotherLength_IsAnother()
    {
        var hashes = new HashSet<ulong>();
        var words = new ulong[5];
        for (var first = 0; first < 300; first++)
        {
            for (var second = first; second < 300; second++)
            {
                Array.Clear(words);
                Bits.Set(words, first);
                Bits.Set(words, second);
                Assert.True(hashes.Add(Bits.HashOf(words)));
                Assert.Contains(Bits.HashOf([.. words]), hashes);
            }
        }

        for (var length = 0; length < 20; length++)
            Assert.True(hashes.Add(Bits.HashOf(new ulong[length])));
    }
}
