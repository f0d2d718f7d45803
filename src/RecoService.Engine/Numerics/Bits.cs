using System.Numerics;

namespace RecoService.Engine.Numerics;

/// <summary>A set of small integers as a bit each, 64 to a word.</summary>
public static class Bits
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;

    public static int WordsFor(int count) => (count + 63) >> 6;

    /// <summary>False beyond the end.</summary>
    public static bool IsSet(ReadOnlySpan<ulong> words, int index) =>
        (index >> 6) < words.Length && (words[index >> 6] >> (index & 63) & 1) != 0;

    public static void Set(Span<ulong> words, int index) => words[index >> 6] |= 1UL << (index & 63);

    public static void Clear(Span<ulong> words, int index) => words[index >> 6] &= ~(1UL << (index & 63));

    /// <summary>64 bits by which a set is told from others: two differ alike once in 2^64 times. Four at a time, each by a multiplication and a rotation.</summary>
    public static ulong HashOf(ReadOnlySpan<ulong> words)
    {
        var (a, b, c, d) = ((ulong)words.Length, Prime1, Prime2, Prime1 ^ Prime2);
        for (; words.Length >= 4; words = words[4..])
            (a, b, c, d) = (Mixed(a, words[0]), Mixed(b, words[1]), Mixed(c, words[2]), Mixed(d, words[3]));
        foreach (var word in words)
            a = Mixed(a, word);
        var hash = Mixed(Mixed(Mixed(a, b), c), d);
        return hash ^ (hash >> 32);

        static ulong Mixed(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * Prime1, 31) * Prime2;
    }
}
