using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>
/// The codes of a column's texts that meet a condition, as a bit each. Codes never change their meaning, so only those that came since are looked at again. Any
/// number of threads may ask.
/// </summary>
internal sealed class CodeSet
{
    private readonly TextDictionary texts;
    private readonly Predicate<string> isMember;
    private volatile Members current;

    private CodeSet(TextDictionary texts, Predicate<string> isMember, Members first) => (this.texts, this.isMember, current) = (texts, isMember, first);

    public Members Current => current;

    /// <summary>The codes of some texts, of which not all may have one yet.</summary>
    public static CodeSet Of(TextDictionary texts, IReadOnlySet<string> wanted)
    {
        // The newest text may not be found by its name yet.
        var known = Math.Max(0, texts.Count - 1);
        List<int> codes = [];
        foreach (var text in wanted)
        {
            if (texts.TryGetCode(text, out var code))
                codes.Add(code);
        }

        return new CodeSet(texts, wanted.Contains, new Members(codes.Count == wanted.Count ? int.MaxValue : known, BitsOf(codes), codes.Count == wanted.Count ? [.. codes] : null));
    }

    /// <summary>The codes of the texts that meet a condition.</summary>
    public static CodeSet Where(TextDictionary texts, Predicate<string> condition)
    {
        var set = new CodeSet(texts, condition, new Members(0, [], null));
        set.Extend();
        return set;
    }

    /// <summary>Looks at the codes that came since.</summary>
    public Members Extend()
    {
        var (before, count) = (current, texts.Count);
        if (count <= before.Known)
            return before;
        var bits = new ulong[Math.Max(before.Bits.Length, Bits.WordsFor(count))];
        before.Bits.CopyTo(bits, 0);
        for (var code = before.Known; code < count; code++)
        {
            if (isMember(texts[code]))
                Bits.Set(bits, code);
        }

        // Another thread may have put a later one there, which costs no more than to look once more.
        return current = new Members(count, bits, null);
    }

    private static ulong[] BitsOf(List<int> codes)
    {
        var bits = new ulong[Bits.WordsFor(codes.Count == 0 ? 0 : codes.Max() + 1)];
        foreach (var code in codes)
            Bits.Set(bits, code);
        return bits;
    }

    /// <param name="Known">Codes below it are decided.</param>
    /// <param name="Bits">A bit per code.</param>
    /// <param name="All">All codes that there are and will be; null where there may come more.</param>
    public sealed record Members(int Known, ulong[] Bits, int[]? All);
}
