using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Which values meet a condition, as a bit each: value i decides bit i. The words are replaced, as many as <see cref="Bits.WordsFor"/> says; bits beyond the last
/// value are 0.
/// </summary>
internal static class Selection
{
    private const int WordBits = 64;

    /// <summary>Words of a vector of members.</summary>
    private const int TableWords = 8;

    /// <summary>With more vectors of members a look-up for each value is as fast.</summary>
    private const int MostTables = 16;

    /// <summary>Those equal to <paramref name="wanted"/>.</summary>
    public static void EqualTo<T>(ReadOnlySpan<T> values, T wanted, Span<ulong> words)
        where T : unmanaged, INumber<T> => EqualToAny(values, [wanted], words);

    /// <summary>Those equal to any of some others. Each value is read once, so one that a writer changes meanwhile is judged as it was or as it is.</summary>
    public static void EqualToAny<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> wanted, Span<ulong> words)
        where T : unmanaged, INumber<T>
    {
        var whole = values.Length / WordBits;
        ref var first = ref MemoryMarshal.GetReference(values);
        for (var word = 0; word < whole; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<T>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane));
                var found = Vector512<T>.Zero;
                foreach (var one in wanted)
                    found |= Vector512.Equals(some, Vector512.Create(one));
                bits |= found.ExtractMostSignificantBits() << lane;
            }

            words[word] = bits;
        }

        if (whole * WordBits < values.Length)
        {
            var bits = 0UL;
            for (var position = whole * WordBits; position < values.Length; position++)
                bits |= wanted.Contains(values[position]) ? 1UL << (position % WordBits) : 0;
            words[whole] = bits;
        }
    }

    /// <summary>Those from <paramref name="least"/> to <paramref name="most"/>, both included; NaN is never one.</summary>
    public static void Between<T>(ReadOnlySpan<T> values, T least, T most, Span<ulong> words)
        where T : unmanaged, INumber<T> => BetweenAny(values, [least], [most], words);

    /// <summary>Those in any of some ranges; NaN is never one. Each value is read once, so one that a writer changes meanwhile is judged as it was or as it is.</summary>
    /// <param name="values">To be judged.</param>
    /// <param name="least">The lower end of each range, included.</param>
    /// <param name="most">The upper end of each, included.</param>
    /// <param name="words">Takes the bits.</param>
    public static void BetweenAny<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> least, ReadOnlySpan<T> most, Span<ulong> words)
        where T : unmanaged, INumber<T>
    {
        var whole = values.Length / WordBits;
        ref var first = ref MemoryMarshal.GetReference(values);
        for (var word = 0; word < whole; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<T>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane));
                var found = Vector512<T>.Zero;
                for (var range = 0; range < least.Length; range++)
                    found |= Vector512.GreaterThanOrEqual(some, Vector512.Create(least[range])) & Vector512.LessThanOrEqual(some, Vector512.Create(most[range]));
                bits |= found.ExtractMostSignificantBits() << lane;
            }

            words[word] = bits;
        }

        if (whole * WordBits < values.Length)
        {
            var bits = 0UL;
            for (var position = whole * WordBits; position < values.Length; position++)
            {
                var value = values[position];
                for (var range = 0; range < least.Length; range++)
                    bits |= value >= least[range] && value <= most[range] ? 1UL << (position % WordBits) : 0;
            }

            words[whole] = bits;
        }
    }

    /// <summary>Those that are less than another value, equal to it, or either; NaN is neither.</summary>
    /// <param name="values">A multiple of 64.</param>
    /// <param name="others">As many.</param>
    /// <param name="less">Whether less counts.</param>
    /// <param name="equal">Whether equal counts.</param>
    /// <param name="words">Takes the bits.</param>
    public static void Pairs<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> others, bool less, bool equal, Span<ulong> words)
        where T : unmanaged, INumber<T>
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        ref var second = ref MemoryMarshal.GetReference(others);
        for (var word = 0; word < values.Length / WordBits; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<T>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane));
                var other = Vector512.LoadUnsafe(ref second, (nuint)((word * WordBits) + lane));
                bits |= (less ? Vector512.LessThan(some, other).ExtractMostSignificantBits() << lane : 0) | (equal ? Vector512.Equals(some, other).ExtractMostSignificantBits() << lane : 0);
            }

            words[word] = bits;
        }
    }

    /// <summary>Those that are members of a set.</summary>
    /// <param name="values">Numbers; below 0 for none.</param>
    /// <param name="members">A bit per number; numbers beyond it are no members.</param>
    /// <param name="words">Takes the bits.</param>
    /// <returns>The largest of the values; -1 where there are none.</returns>
    public static int MembersOf(ReadOnlySpan<int> values, ReadOnlySpan<ulong> members, Span<ulong> words)
    {
        var (largest, done) = (-1, 0);
        if (Avx512F.IsSupported && members.Length <= MostTables * TableWords)
        {
            largest = MembersOfTables(values, members, words);
            done = values.Length - (values.Length % WordBits);
        }

        for (var first = done; first < values.Length; first += WordBits)
        {
            var some = values.Slice(first, Math.Min(WordBits, values.Length - first));
            var bits = 0UL;
            for (var position = 0; position < some.Length; position++)
            {
                // Read once, for a writer may change it meanwhile.
                var value = some[position];
                largest = Math.Max(largest, value);
                var word = (uint)(value >> 6);
                if (word < (uint)members.Length)
                    bits |= (members[(int)word] >> (value & (WordBits - 1)) & 1) << position;
            }

            words[first / WordBits] = bits;
        }

        return largest;
    }

    /// <summary>The same of all whole words: a vector holds 512 members, and a permutation of it looks 16 numbers up.</summary>
    private static int MembersOfTables(ReadOnlySpan<int> values, ReadOnlySpan<ulong> members, Span<ulong> words)
    {
        var tables = (uint)((members.Length + TableWords - 1) / TableWords);
        Span<ulong> padded = stackalloc ulong[MostTables * TableWords];
        padded.Clear();
        members.CopyTo(padded);
        ref var table = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<ulong, uint>(padded));
        ref var first = ref MemoryMarshal.GetReference(values);
        var largest = Vector512.Create(-1);
        for (var word = 0; word < values.Length / WordBits; word++)
        {
            var bits = 0UL;
            for (var lane = 0; lane < WordBits; lane += Vector512<int>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)((word * WordBits) + lane));
                largest = Vector512.Max(largest, some);
                // A number below 0 is in no table, for it is a very large one here.
                var row = some.AsUInt32() >>> 5;
                var found = Vector512<uint>.Zero;
                for (var number = 0U; number < tables; number++)
                    found |= Avx512F.PermuteVar16x32(Vector512.LoadUnsafe(ref table, number * 16), row) & Vector512.Equals(row >>> 4, Vector512.Create(number));
                var bit = Avx512F.ShiftRightLogicalVariable(found, some.AsUInt32() & Vector512.Create(31U));
                bits |= (bit << 31).ExtractMostSignificantBits() << lane;
            }

            words[word] = bits;
        }

        var most = -1;
        for (var lane = 0; lane < Vector512<int>.Count; lane++)
            most = Math.Max(most, largest[lane]);
        return most;
    }
}
