using System.Runtime.InteropServices;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class AlignedFloatsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(50_001)]
    public void Span_AnyLength_IsZeroAndBeginsOnACacheLine(int length)
    {
        var floats = new AlignedFloats(length).Span;

        Assert.Equal(length, floats.Length);
        Assert.False(floats.ContainsAnyExcept(0f));
        Assert.Equal(0, System.Runtime.CompilerServices.Unsafe.ByteOffset(ref System.Runtime.CompilerServices.Unsafe.NullRef<float>(), ref MemoryMarshal.GetReference(floats)) % 64);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    public void RoundedUp_Length_IsTheNextMultipleOfSixteen(int length, int expected) => Assert.Equal(expected, AlignedFloats.RoundedUp(length));
}
