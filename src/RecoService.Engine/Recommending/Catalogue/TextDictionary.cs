using System.Collections.Concurrent;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// The distinct texts of a column, compared ordinally, each under a code 0, 1, 2, …. A code never changes its meaning: texts that no item has any more stay until
/// a state is built anew. Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class TextDictionary
{
    /// <summary>What a text costs in the look-up, beside itself: a node and its place in a table.</summary>
    private const int LookUpBytes = 48;

    private readonly ConcurrentDictionary<string, int> codes = new(concurrencyLevel: 1, capacity: 7, StringComparer.Ordinal);
    private volatile string[] texts = [];
    private volatile int count;
    private int[] uses = [];
    private long textBytes;

    internal TextDictionary()
    {
    }

    /// <summary>Codes below it have a text.</summary>
    public int Count => count;

    /// <summary>How many of the texts an item has now.</summary>
    public int UsedCount { get; private set; }

    public long ByteCount => textBytes + ((long)LookUpBytes * count) + Memory.ArrayBytes(texts.Length, nint.Size) + Memory.ArrayBytes(uses.Length, sizeof(int));

    public string this[int code] => texts[code];

    /// <summary>False for a text that no item has had since the state was built.</summary>
    public bool TryGetCode(string text, out int code) => codes.TryGetValue(text, out code);

    /// <summary>The codes of the texts that meet a condition, as a bit each.</summary>
    public ulong[] CodesWhere(Predicate<string> condition)
    {
        var known = count;
        var (members, current) = (new ulong[Numerics.Bits.WordsFor(known)], texts);
        for (var code = 0; code < known; code++)
        {
            if (condition(current[code]))
                Numerics.Bits.Set(members, code);
        }

        return members;
    }

    internal int GetOrAdd(string text)
    {
        if (codes.TryGetValue(text, out var known))
            return known;
        var code = count;
        if (code == texts.Length)
        {
            var grown = texts;
            Array.Resize(ref grown, Math.Max(8, 2 * code));
            Array.Resize(ref uses, grown.Length);
            texts = grown;
        }

        // The text stands before the code can be met.
        texts[code] = text;
        count = code + 1;
        codes[text] = code;
        textBytes += Memory.StringBytes(text);
        return code;
    }

    /// <summary>One more item has the text.</summary>
    internal void Use(int code)
    {
        if (uses[code]++ == 0)
            UsedCount++;
    }

    /// <summary>One item fewer has it.</summary>
    internal void Release(int code)
    {
        if (--uses[code] == 0)
            UsedCount--;
    }
}
