using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Profiles;

/// <summary>Describes items from counts that follow the writes and from the live catalogue; what a profile costs does not depend on the number of users. Takes no lock.</summary>
/// <param name="catalogue">What items are.</param>
/// <param name="audience">Who did what with them.</param>
/// <param name="demand">What grows.</param>
/// <param name="repurchases">What is bought again.</param>
internal sealed class ItemProfiles(LiveCatalogue catalogue, ItemAudience audience, ItemDemand demand, RepurchaseRates repurchases)
{
    /// <param name="itemIndex">An item of the state.</param>
    /// <param name="now">Unix milliseconds.</param>
    public ItemProfile Of(int itemIndex, long now)
    {
        var growth = demand.Of(now, itemIndex);
        var returning = audience.ReturningOf(itemIndex);
        // An item may have an id a moment before it has a place in the catalogue.
        var supporters = catalogue.UserCounts;
        return new ItemProfile
        {
            IsAvailable = catalogue.Columns.IsServable(itemIndex),
            GroupId = catalogue.Columns.GroupId.TextOf(itemIndex),
            Price = PriceOf(itemIndex),
            Users = audience.UsersOf(itemIndex),
            Supporters = itemIndex < supporters.Length ? supporters[itemIndex] : 0,
            Buyers = audience.UsersOf(itemIndex, audience.Purchase),
            ReturningBuyers = returning,
            Kinds = KindsOf(itemIndex),
            Trend = new ItemTrend(growth.Growth, growth.Users, growth.Expected),
            Conversion = ConversionOf(itemIndex),
            Repurchase = returning == 0 ? null : new ItemRepurchase(repurchases.RepeatShare(itemIndex), repurchases.IntervalDays(itemIndex)),
        };
    }

    private Proportion? ConversionOf(int itemIndex)
    {
        if (audience.ViewKind is not { } view || audience.UsersOf(itemIndex, view) is not (> 0 and var viewers))
            return null;
        // The two are written one after the other, and a reader may come between.
        return Proportion.From(Math.Min(audience.ConvertedOf(itemIndex), viewers), viewers);
    }

    private List<KindAudience> KindsOf(int itemIndex)
    {
        var kinds = new List<KindAudience>();
        for (var kind = 0; kind < audience.Kinds.Count; kind++)
        {
            if (audience.UsersOf(itemIndex, (byte)kind) is > 0 and var users)
                kinds.Add(new KindAudience((byte)kind, users, audience.EventsOf(itemIndex, (byte)kind)));
        }

        return kinds;
    }

    private ItemPrice? PriceOf(int itemIndex)
    {
        var columns = catalogue.Columns;
        if (columns.Price[itemIndex] is not (> 0 and var price))
            return null;
        var currency = columns.Currency[itemIndex];
        double? salePrice = double.IsNaN(columns.SalePrice[itemIndex]) ? null : columns.SalePrice[itemIndex];
        var text = currency < 0 ? null : columns.Currency.Texts[currency];
        if (columns.Categories is not { } categories || categories[itemIndex] is not [var first, ..])
            return new ItemPrice(price, salePrice, text, null, null, null);
        var category = categories.Texts[first];
        var (priced, atMost) = PricePosition.Of(catalogue, price, currency, category);
        return new ItemPrice(price, salePrice, text, category, priced, priced == 0 ? null : atMost / (double)priced);
    }
}
