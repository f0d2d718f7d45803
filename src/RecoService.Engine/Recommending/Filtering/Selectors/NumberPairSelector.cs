using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>The items whose one number is less than their other, or equal to it.</summary>
/// <param name="left">The one that is less, where it must be.</param>
/// <param name="right">The other.</param>
/// <param name="less">Whether it may be less.</param>
/// <param name="equal">Whether it may be equal.</param>
internal sealed class NumberPairSelector(NumberColumn left, NumberColumn right, bool less, bool equal) : Selector
{
    public override void Select(int firstWord, Span<ulong> words)
    {
        var lefts = left.Values(firstWord, words.Length);
        var rights = right.Values(firstWord, words.Length);
        if (lefts.IsEmpty || rights.IsEmpty)
            words.Clear();
        else
            Selection.Pairs(lefts, rights, less, equal, words);
    }
}
