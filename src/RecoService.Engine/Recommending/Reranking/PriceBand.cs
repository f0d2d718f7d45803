using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// What a user tends to pay: the weighted median of the logarithms of the prices of what they interacted with, and 1.4826 times the weighted median of the distances
/// from it, which is the standard deviation where prices are log-normal (Hampel, JASA 1974). An item weighs as much as the user's interactions with it do by their
/// kinds; what speaks against an item does not count, nor does an item without a price above 0. The prices are those of now.
/// </summary>
/// <param name="Centre">Natural logarithm of a price.</param>
/// <param name="Spread">Of natural logarithms, at least <see cref="LeastSpread"/>.</param>
/// <param name="CurrencyCode">Of the currency column: that of the most weight, the others say nothing; -1 for items without one.</param>
internal readonly record struct PriceBand(double Centre, double Spread, int CurrencyCode)
{
    /// <summary>Fewer priced items say nothing of a band.</summary>
    public const int LeastItems = 3;

    /// <summary>About a fifth of a price: who bought one price three times does not refuse the next.</summary>
    public const double LeastSpread = 0.2;

    private const double DeviationOfMedian = 1.4826;

    /// <summary>False where too little is known of the user.</summary>
    public static bool TryOf(in UserHistory user, CatalogueColumns columns, out PriceBand band)
    {
        band = default;
        var most = user.Items.Length;
        if (most < LeastItems)
            return false;
        var (rentedLogs, rentedWeights) = (ArrayPool<double>.Shared.Rent(most), ArrayPool<float>.Shared.Rent(most));
        var currency = CurrencyOf(user, columns);
        var count = Collect(user, columns, currency, rentedLogs, rentedWeights);
        for (var position = 0; position < count; position++)
            rentedLogs[position] = Math.Log(rentedLogs[position]);
        if (count >= LeastItems)
            band = Of(rentedLogs.AsSpan(0, count), rentedWeights.AsSpan(0, count), currency);
        ArrayPool<double>.Shared.Return(rentedLogs);
        ArrayPool<float>.Shared.Return(rentedWeights);
        return count >= LeastItems;
    }

    /// <summary>Below which prices parts of the weight lie, over the same prices as of <see cref="TryOf"/>.</summary>
    /// <param name="user">Who.</param>
    /// <param name="columns">What items cost.</param>
    /// <param name="parts">0..1 each.</param>
    /// <param name="prices">Takes one per part: the lowest price at or below which so much of the weight lies.</param>
    /// <param name="currencyCode">As of the band.</param>
    /// <returns>How many items have such a price; 0 where too little is known of the user.</returns>
    public static int QuantilesOf(in UserHistory user, CatalogueColumns columns, ReadOnlySpan<double> parts, Span<double> prices, out int currencyCode)
    {
        currencyCode = -1;
        var most = user.Items.Length;
        if (most < LeastItems)
            return 0;
        var (rentedPrices, rentedWeights) = (ArrayPool<double>.Shared.Rent(most), ArrayPool<float>.Shared.Rent(most));
        currencyCode = CurrencyOf(user, columns);
        var count = Collect(user, columns, currencyCode, rentedPrices, rentedWeights);
        for (var position = 0; position < parts.Length && count >= LeastItems; position++)
            prices[position] = QuantileOf(rentedPrices.AsSpan(0, count), rentedWeights.AsSpan(0, count), parts[position]);
        ArrayPool<double>.Shared.Return(rentedPrices);
        ArrayPool<float>.Shared.Return(rentedWeights);
        return count >= LeastItems ? count : 0;
    }

    /// <summary>exp(-d^2 / 2), where d is how many spreads a price lies from the centre; 0..1.</summary>
    /// <param name="price">Above 0, in the band's currency.</param>
    public double ClosenessOf(double price)
    {
        var distance = (Math.Log(price) - Centre) / Spread;
        return Math.Exp(-0.5 * distance * distance);
    }

    private static int Collect(in UserHistory user, CatalogueColumns columns, int currency, Span<double> prices, Span<float> weights)
    {
        var count = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (!IsPriced(user, position, columns) || columns.Currency[user.Items[position]] != currency)
                continue;
            prices[count] = columns.Price[user.Items[position]];
            weights[count++] = user.Weights[position];
        }

        return count;
    }

    private static PriceBand Of(Span<double> logs, Span<float> weights, int currency)
    {
        var centre = QuantileOf(logs, weights, 0.5);
        for (var position = 0; position < logs.Length; position++)
            logs[position] = Math.Abs(logs[position] - centre);
        return new PriceBand(centre, Math.Max(LeastSpread, DeviationOfMedian * QuantileOf(logs, weights, 0.5)), currency);
    }

    /// <summary>The lowest value at or below which a part of the weight lies; sorts both.</summary>
    private static double QuantileOf(Span<double> values, Span<float> weights, double part)
    {
        values.Sort(weights);
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var (position, below) = (0, (double)weights[0]);
        while (below < part * total && position < values.Length - 1)
            below += weights[++position];
        return values[position];
    }

    private static bool IsPriced(in UserHistory user, int position, CatalogueColumns columns) => user.Weights[position] > 0 && columns.Price[user.Items[position]] > 0;

    /// <summary>The currency of the most weight; of equal ones that of the lowest code.</summary>
    private static int CurrencyOf(in UserHistory user, CatalogueColumns columns)
    {
        var (best, most) = (-1, 0.0);
        // A shop has a currency or a few, so the history is gone through once for each.
        for (var after = int.MinValue; ;)
        {
            var (next, weight) = (int.MaxValue, 0.0);
            for (var position = 0; position < user.Items.Length; position++)
            {
                if (!IsPriced(user, position, columns) || columns.Currency[user.Items[position]] is var code && code <= after)
                    continue;
                if (code < next)
                    (next, weight) = (code, 0);
                weight += code == next ? user.Weights[position] : 0;
            }

            if (next == int.MaxValue)
                return best;
            if (weight > most)
                (best, most) = (next, weight);
            after = next;
        }
    }
}
