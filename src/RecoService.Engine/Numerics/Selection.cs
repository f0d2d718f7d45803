using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Which values meet a condition, as a bit each: value i decides bit i. The words are replaced, as many as <see cref="Bits.WordsFor"/> says; bits beyond the last
/// value are 0.
/// </summary>
internal static class Selection
{
    private const int WordBits = 64;

    /// <summary>Those equal to <paramref name="wanted"/>.</summary>
    public static void EqualTo<T>(ReadOnlySpan<T> values, T wanted, Span<ulong> words)
        where T : unmanaged, INumber<T>
    {
        var (all, whole) = (Vector512.Create(wanted), values.Length / WordBits);
        ref var first = ref MemoryMarshal.GetReference(values);
        for (var word = 0; word < whole; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<T>.Count)
                bits |= Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane)), all).ExtractMostSignificantBits() << lane;
            words[word] = bits;
        }

        if (whole * WordBits < values.Length)
        {
            var bits = 0UL;
            for (var place = whole * WordBits; place < values.Length; place++)
                bits |= values[place] == wanted ? 1UL << (place % WordBits) : 0;
            words[whole] = bits;
        }
    }

    /// <summary>Those from <paramref name="least"/> to <paramref name="most"/>, both included; NaN is never one.</summary>
    public static void Between<T>(ReadOnlySpan<T> values, T least, T most, Span<ulong> words)
        where T : unmanaged, INumber<T>
    {
        var (low, high, whole) = (Vector512.Create(least), Vector512.Create(most), values.Length / WordBits);
        ref var first = ref MemoryMarshal.GetReference(values);
        for (var word = 0; word < whole; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<T>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane));
                bits |= (Vector512.GreaterThanOrEqual(some, low) & Vector512.LessThanOrEqual(some, high)).ExtractMostSignificantBits() << lane;
            }

            words[word] = bits;
        }

        if (whole * WordBits < values.Length)
        {
            var bits = 0UL;
            for (var place = whole * WordBits; place < values.Length; place++)
                bits |= values[place] >= least && values[place] <= most ? 1UL << (place % WordBits) : 0;
            words[whole] = bits;
        }
    }

    /// <summary>Those that are members of a set.</summary>
    /// <param name="values">Numbers; below 0 for none.</param>
    /// <param name="members">A bit per number; numbers beyond it are no members.</param>
    /// <param name="words">Takes the bits.</param>
    /// <returns>The largest of the values; -1 where there are none.</returns>
    public static int MembersOf(ReadOnlySpan<int> values, ReadOnlySpan<ulong> members, Span<ulong> words)
    {
        var largest = -1;
        for (var first = 0; first < values.Length; first += WordBits)
        {
            var some = values.Slice(first, Math.Min(WordBits, values.Length - first));
            var bits = 0UL;
            for (var place = 0; place < some.Length; place++)
            {
                // Read once, for a writer may change it meanwhile.
                var value = some[place];
                largest = Math.Max(largest, value);
                var word = (uint)(value >> 6);
                if (word < (uint)members.Length)
                    bits |= (members[(int)word] >> (value & (WordBits - 1)) & 1) << place;
            }

            words[first / WordBits] = bits;
        }

        return largest;
    }
}
