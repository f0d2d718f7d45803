using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// What the probability of a response is predicted from. A model's score of the item is not among it: the model has learned from what became of the lists that would be learned from here,
/// so its scores know the answers.
/// </summary>
internal static class ResponseFeatures
{
    /// <summary>ln(1 + users who are for the item).</summary>
    public const int Popularity = 0;

    /// <summary>How much more the item is clicked than its positions would bring.</summary>
    public const int ItemClicks = 1;

    /// <summary>How much more it is bought.</summary>
    public const int ItemPurchases = 2;

    private const int UserClicks = 3;
    private const int UserPurchases = 4;
    private const int HistoryLength = 5;
    private const int CategoryShare = 6;
    private const int PriceCloseness = 7;
    private const int HasPriceBand = 8;
    private const int LogPrice = 9;
    private const int HasPrice = 10;
    private const int Age = 11;
    private const int HasAge = 12;
    private const int HadBefore = 13;
    private const int FirstPosition = 14;
    private const int FirstContext = FirstPosition + PositionRates.Groups - 1;

    /// <summary>Values of the request's context that have a feature: the commonest.</summary>
    public const int ContextValues = 16;

    /// <summary>Features of an item for a user.</summary>
    public const int Width = FirstContext + ContextValues;

    /// <summary>Fills all features but those of the item's own responses.</summary>
    /// <param name="before">What the user had done before.</param>
    /// <param name="user">What became of what they were shown before.</param>
    /// <param name="catalogue">What is known of the items.</param>
    /// <param name="items">Item indexes.</param>
    /// <param name="now">Unix milliseconds; 0: ages are not known.</param>
    /// <param name="context">Which of the context values hold, 0 .. <see cref="ContextValues"/> - 1.</param>
    /// <param name="rows">|items| x <see cref="Width"/>, row-major.</param>
    public static void Fill(in UserHistory before, ResponseRate user, LiveCatalogue catalogue, ReadOnlySpan<int> items, long now, ReadOnlySpan<int> context, Span<float> rows)
    {
        var columns = catalogue.Columns;
        var counts = catalogue.UserCounts;
        var hasBand = PriceBand.TryOf(before, columns, out var band);
        var categories = columns.Categories;
        var length = categories?.Texts.Count ?? 0;
        var rented = ArrayPool<float>.Shared.Rent(length);
        var shares = rented.AsSpan(0, length);
        FillShares(before, categories, shares);
        rows.Clear();
        for (var position = 0; position < items.Length; position++)
        {
            var item = items[position];
            var row = rows.Slice(position * Width, Width);
            row[Popularity] = MathF.Log(1 + (item < counts.Length ? counts[item] : 0));
            (row[UserClicks], row[UserPurchases]) = (user.Clicks, user.Purchases);
            row[HistoryLength] = MathF.Log(1 + before.Items.Length);
            foreach (var code in categories is null ? [] : categories[item])
                row[CategoryShare] = Math.Max(row[CategoryShare], code < shares.Length ? shares[code] : 0);
            var price = PriceOf(columns, item);
            if (price > 0)
                (row[HasPrice], row[LogPrice]) = (1, (float)Math.Log(price));
            if (hasBand && price > 0 && columns.Currency[item] == band.CurrencyCode)
                (row[HasPriceBand], row[PriceCloseness]) = (1, (float)band.ClosenessOf(price));
            if (now != 0 && columns.AddedAt[item] is { } added)
                (row[HasAge], row[Age]) = (1, (float)Math.Log(1 + (Math.Max(0, now - added) / (double)TimeSpan.MillisecondsPerDay)));
            row[HadBefore] = before.Items.BinarySearch(item) >= 0 ? 1 : 0;
            foreach (var value in context)
                row[FirstContext + value] = 1;
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Marks where the item is shown.</summary>
    /// <param name="row">Its features.</param>
    /// <param name="position">From 1.</param>
    public static void SetPosition(Span<float> row, int position)
    {
        if (PositionRates.GroupOf(position) is > 0 and var group)
            row[FirstPosition + group - 1] = 1;
    }

    /// <summary>What the item costs now: its sale price where that is less. NaN where it is not known.</summary>
    public static double PriceOf(CatalogueColumns columns, int item)
    {
        var (price, sale) = (columns.Price[item], columns.SalePrice[item]);
        return sale > 0 && !(sale >= price) ? sale : price;
    }

    /// <summary>The part of what the user is for that is in each category.</summary>
    private static void FillShares(in UserHistory before, ListColumn? categories, Span<float> shares)
    {
        shares.Clear();
        var total = 0f;
        for (var position = 0; position < before.Items.Length && categories is not null; position++)
        {
            if (before.Weights[position] is not (> 0 and var weight))
                continue;
            total += weight;
            foreach (var code in categories[before.Items[position]])
            {
                if (code < shares.Length)
                    shares[code] += weight;
            }
        }

        for (var code = 0; code < shares.Length && total > 0; code++)
            shares[code] /= total;
    }
}
