namespace RecoService.Engine.Numerics;

/// <summary>A set of small integers as a bit each, 64 to a word.</summary>
public static class Bits
{
    public static int WordsFor(int count) => (count + 63) >> 6;

    /// <summary>False beyond the end.</summary>
    public static bool IsSet(ReadOnlySpan<ulong> words, int index) =>
        (index >> 6) < words.Length && (words[index >> 6] >> (index & 63) & 1) != 0;

    public static void Set(Span<ulong> words, int index) => words[index >> 6] |= 1UL << (index & 63);

    public static void Clear(Span<ulong> words, int index) => words[index >> 6] &= ~(1UL << (index & 63));
}
