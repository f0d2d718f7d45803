using System.Buffers;
using System.Numerics;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Profiles;

/// <summary>Where a price stands among those of the catalogue: a scan of its columns, an eighth of a byte per item and step.</summary>
internal static class PricePosition
{
    /// <param name="catalogue">Whose prices.</param>
    /// <param name="price">Above 0.</param>
    /// <param name="currencyCode">Only items of this currency; -1: only those without one.</param>
    /// <param name="category">Only items of this category, or below it; null: of any.</param>
    /// <returns>How many such items have a price above 0, and how many of them cost no more.</returns>
    public static (int Priced, int AtMost) Of(LiveCatalogue catalogue, double price, int currencyCode, string? category = null)
    {
        var columns = catalogue.Columns;
        var count = Bits.WordsFor(catalogue.Count);
        var (rentedItems, rentedOthers) = (ArrayPool<ulong>.Shared.Rent(count), ArrayPool<ulong>.Shared.Rent(count));
        var items = rentedItems.AsSpan(0, count);
        var others = rentedOthers.AsSpan(0, count);
        columns.Price.SelectBetween(double.Epsilon, double.PositiveInfinity, items);
        if (currencyCode >= 0)
        {
            columns.Currency.SelectEqualTo(currencyCode, others);
            Keep(items, others);
        }
        else
        {
            columns.Currency.SelectPresent(others);
            Remove(items, others);
        }

        if (category is not null && columns.Categories is { } categories)
        {
            categories.SelectHoldingAny(categories.Texts.CodesWhere(text => CategoryPath.IsWithin(text, category)), others);
            Keep(items, others);
        }

        var priced = CountOf(items);
        columns.Price.SelectBetween(double.Epsilon, price, others);
        Keep(items, others);
        var atMost = CountOf(items);
        ArrayPool<ulong>.Shared.Return(rentedItems);
        ArrayPool<ulong>.Shared.Return(rentedOthers);
        return (priced, atMost);
    }

    private static void Keep(Span<ulong> items, ReadOnlySpan<ulong> others)
    {
        for (var word = 0; word < items.Length; word++)
            items[word] &= others[word];
    }

    private static void Remove(Span<ulong> items, ReadOnlySpan<ulong> others)
    {
        for (var word = 0; word < items.Length; word++)
            items[word] &= ~others[word];
    }

    private static int CountOf(ReadOnlySpan<ulong> items)
    {
        var count = 0;
        foreach (var word in items)
            count += BitOperations.PopCount(word);
        return count;
    }
}
