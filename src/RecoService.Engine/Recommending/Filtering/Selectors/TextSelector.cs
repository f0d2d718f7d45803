using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>The items with one of several texts.</summary>
internal sealed class TextSelector(TextColumn column, CodeSet codes) : Selector
{
    /// <summary>Up to as many a scan for each is faster than a look into the set.</summary>
    private const int Few = 3;

    public override void Select(int firstWord, Span<ulong> words)
    {
        var values = column.Values(firstWord, words.Length);
        var members = codes.Current;
        if (values.IsEmpty)
        {
            words.Clear();
        }
        else if (members.All is { Length: > 0 and <= Few } few)
        {
            Selection.EqualToAny(values, few, words);
        }
        else
        {
            // A text that a writer adds meanwhile is looked at when an item is met that has it.
            while (Selection.MembersOf(values, members.Bits, words) >= members.Known)
                members = codes.Extend();
        }
    }
}
