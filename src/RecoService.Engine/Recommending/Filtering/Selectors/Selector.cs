using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>
/// Finds the items that meet a condition by scans of columns, for a block of items at a time, so that what lies between two scans stays in the cache. Any number of
/// threads may select at once, also while the catalogue changes.
/// </summary>
internal abstract class Selector
{
    /// <summary>The most words of one call.</summary>
    public const int BlockWords = CatalogueColumns.BlockWords;

    /// <summary>Replaces the words by a bit per item. Bits of items that are not there yet may be set.</summary>
    /// <param name="firstWord">The first item is 64 times that.</param>
    /// <param name="words">At most <see cref="BlockWords"/>, which lie in one block.</param>
    public abstract void Select(int firstWord, Span<ulong> words);
}

/// <summary>All items, or none.</summary>
internal sealed class ConstantSelector : Selector
{
    public static readonly ConstantSelector All = new(ulong.MaxValue);

    public static readonly ConstantSelector None = new(0);

    private readonly ulong word;

    private ConstantSelector(ulong word) => this.word = word;

    public static ConstantSelector Of(bool all) => all ? All : None;

    public override void Select(int firstWord, Span<ulong> words) => words.Fill(word);
}

/// <summary>The items of which something is known.</summary>
internal sealed class PresentSelector(CatalogueColumn column) : Selector
{
    public override void Select(int firstWord, Span<ulong> words) => column.SelectPresent(firstWord, words);
}

/// <summary>The items with one of the two values.</summary>
internal sealed class FlagSelector(FlagColumn column, bool value) : Selector
{
    public override void Select(int firstWord, Span<ulong> words)
    {
        var values = column.Values(firstWord, words.Length);
        if (values.IsEmpty)
            words.Clear();
        else
            Numerics.Selection.EqualTo(values, FlagColumn.Of(value), words);
    }
}
