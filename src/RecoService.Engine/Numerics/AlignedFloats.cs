using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>A workspace that begins on a cache line, so that no vector of a kernel straddles two; half as fast else. Zero at first.</summary>
internal sealed class AlignedFloats
{
    private const int LineBytes = 64;
    private const int LineFloats = LineBytes / sizeof(float);

    private readonly float[] values;
    private readonly int start;

    /// <param name="length">How many.</param>
    public AlignedFloats(int length)
    {
        Length = length;
        values = GC.AllocateArray<float>(length + LineFloats, pinned: true);
        var beyondLine = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(values, 0) % LineBytes);
        start = (LineBytes - beyondLine) % LineBytes / sizeof(float);
    }

    public int Length { get; }

    public Span<float> Span => values.AsSpan(start, Length);

    /// <summary>The next multiple of a cache line: a row of that length leaves the row behind it on a line of its own.</summary>
    public static int RoundedUp(int length) => (length + LineFloats - 1) / LineFloats * LineFloats;
}
