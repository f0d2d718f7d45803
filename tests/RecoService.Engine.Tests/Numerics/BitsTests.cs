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
}
