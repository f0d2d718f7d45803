using System.Runtime.InteropServices;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending.Profiles;

/// <summary>
/// Describes users from their live histories. An interaction counts by the weight of its kind, halved with each half-life of its age; what speaks against an item counts nothing in the shares. Of the
/// single interactions the newest <see cref="LiveHistory.Limit"/> are looked at, whatever the state holds, so that a profile is the same before and after a state is built anew. Takes no lock.
/// </summary>
/// <param name="catalogue">Says what items are.</param>
/// <param name="history">What users did.</param>
/// <param name="options">What the shop wants to know.</param>
internal sealed class UserProfiles(LiveCatalogue catalogue, LiveHistory history, ProfileOptions options)
{
    private static readonly double[] PriceParts = [0.1, 0.5, 0.9];

    /// <param name="userIndex">A user of the state.</param>
    /// <param name="now">Unix milliseconds.</param>
    public UserProfile Of(int userIndex, long now)
    {
        var context = history.ContextOf(userIndex);
        var user = context.User;
        var events = Newest(user.Events);
        // A history of items without events is one whose events are not kept.
        var isKept = events.Count > 0 || user.Items.IsEmpty;
        var items = isKept ? UsesOf(events, now) : UsesOf(user, now);
        var prices = PricesOf(user);
        long? lastSeen = user.Times.IsEmpty ? null : Last(user.Times);
        return new UserProfile
        {
            LastSeen = lastSeen,
            Items = user.Items.Length,
            ConsumedItems = context.Consumed.Length,
            Activity = isKept ? ActivityOf(events, now) : null,
            Kinds = KindsOf(events),
            Categories = CategoriesOf(items),
            Attributes = [.. options.Attributes.Select(name => new AttributeShares(name, ValuesOf(name, items)))],
            Prices = prices,
            Segments = Segments.Of(FactsOf(events, lastSeen, now) with { PriceShare = prices?.CatalogueShare }, options.Segments),
        };
    }

    private UserEvents Newest(UserEvents events)
    {
        var from = Math.Max(0, events.Count - history.Limit);
        return new UserEvents(events.Items[from..], events.KindIndexes[from..], events.Values[from..], events.Times[from..]);
    }

    /// <summary>What a user's interactions with each item weigh now, and when the last of them was.</summary>
    private Dictionary<int, (double Weight, long Last)> UsesOf(UserEvents events, long now)
    {
        var uses = new Dictionary<int, (double Weight, long Last)>();
        for (var position = 0; position < events.Count; position++)
        {
            var weight = history.Kinds.WeightOf(events.KindIndexes[position], events.Values[position]);
            if (weight <= 0)
                continue;
            var time = events.Times[position];
            ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, events.Items[position], out _);
            use = (use.Weight + (weight * Recency(now, time)), time);
        }

        return uses;
    }

    private Dictionary<int, (double Weight, long Last)> UsesOf(in UserHistory user, long now)
    {
        var uses = new Dictionary<int, (double Weight, long Last)>();
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (user.Weights[position] > 0)
                uses[user.Items[position]] = (user.Weights[position] * Recency(now, user.Times[position]), user.Times[position]);
        }

        return uses;
    }

    private double Recency(long now, long time) => Math.Pow(2, -Math.Max(0, now - time) / options.HalfLife.TotalMilliseconds);

    private IReadOnlyList<ValueShare> CategoriesOf(Dictionary<int, (double Weight, long Last)> items)
    {
        if (catalogue.Columns.Categories is not { } column)
            return [];
        var (shares, paths, ofItem) = (new ValueShares(), new Dictionary<int, IReadOnlyList<string>>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (item, (weight, last)) in items)
        {
            ofItem.Clear();
            foreach (var code in column[item])
            {
                if (!paths.TryGetValue(code, out var path))
                    paths[code] = path = CategoryPath.WithThoseAbove(column.Texts[code]);
                ofItem.UnionWith(path);
            }

            shares.Add(ofItem, weight, last);
        }

        return shares.Top(options.MostValues);
    }

    private IReadOnlyList<ValueShare> ValuesOf(string attribute, Dictionary<int, (double Weight, long Last)> items)
    {
        var (texts, lists) = (catalogue.Columns.Attribute<TextColumn>(attribute), catalogue.Columns.Attribute<ListColumn>(attribute));
        if (texts is null && lists is null)
            return [];
        var (shares, ofItem) = (new ValueShares(), new List<string>());
        foreach (var (item, (weight, last)) in items)
        {
            ofItem.Clear();
            if (texts?.TextOf(item) is { } text)
                ofItem.Add(text);
            else if (lists is not null)
            {
                foreach (var code in lists[item])
                    ofItem.Add(lists.Texts[code]);
            }

            shares.Add(ofItem, weight, last);
        }

        return shares.Top(options.MostValues);
    }

    private UserPrices? PricesOf(in UserHistory user)
    {
        Span<double> prices = stackalloc double[PriceParts.Length];
        var count = PriceBand.QuantilesOf(user, catalogue.Columns, PriceParts, prices, out var currency);
        if (count == 0)
            return null;
        var (priced, atMost) = PricePosition.Of(catalogue, prices[1], currency);
        return new UserPrices(currency < 0 ? null : catalogue.Columns.Currency.Texts[currency], prices[0], prices[1], prices[2], count, priced == 0 ? 0 : atMost / (double)priced);
    }

    private UserActivity ActivityOf(UserEvents events, long now) => new(
        events.Count, CountSince(events.Times, now, 7), CountSince(events.Times, now, 30), CountSince(events.Times, now, 90), DaysOf(events.Times),
        events.Count == 0 ? null : events.Times[0], events.Count < history.Limit);

    private List<KindActivity> KindsOf(UserEvents events)
    {
        var (counts, last) = (new int[history.Kinds.Count], new long[history.Kinds.Count]);
        for (var position = 0; position < events.Count; position++)
        {
            counts[events.KindIndexes[position]]++;
            last[events.KindIndexes[position]] = events.Times[position];
        }

        return [.. Enumerable.Range(0, counts.Length).Where(kind => counts[kind] > 0).Select(kind => new KindActivity((byte)kind, counts[kind], last[kind]))];
    }

    private SegmentFacts FactsOf(UserEvents events, long? lastSeen, long now)
    {
        var (purchases, onSale, days, lastPurchase) = (0, 0, 0, long.MinValue);
        for (var position = 0; position < events.Count; position++)
        {
            if (events.KindIndexes[position] != history.Kinds.StrongestIndex)
                continue;
            purchases++;
            onSale += IsOnSale(events.Items[position]) ? 1 : 0;
            days += lastPurchase == long.MinValue || DayOf(events.Times[position]) > DayOf(lastPurchase) ? 1 : 0;
            lastPurchase = events.Times[position];
        }

        var activeDays = DaysOf(events.Times);
        return new SegmentFacts
        {
            DaysSinceFirst = events.Count == 0 ? null : DaysBetween(events.Times[0], now),
            DaysSinceLast = lastSeen is { } last ? DaysBetween(last, now) : null,
            IsComplete = events.Count < history.Limit,
            Days = activeDays,
            IntervalDays = activeDays < 2 ? null : (DayOf(events.Times[^1]) - DayOf(events.Times[0])) / (double)(activeDays - 1),
            Purchases = purchases,
            PurchasesOnSale = onSale,
            PurchaseDays = days,
            DaysSincePurchase = purchases == 0 ? null : DaysBetween(lastPurchase, now),
        };
    }

    private bool IsOnSale(int itemIndex) => catalogue.Columns.SalePrice[itemIndex] < catalogue.Columns.Price[itemIndex];

    private static int CountSince(ReadOnlySpan<long> times, long now, int days)
    {
        var count = 0;
        while (count < times.Length && times[times.Length - 1 - count] > now - (days * TimeSpan.MillisecondsPerDay))
            count++;
        return count;
    }

    /// <summary>On how many days (UTC) something was done.</summary>
    private static int DaysOf(ReadOnlySpan<long> ascending)
    {
        var count = 0;
        for (var position = 0; position < ascending.Length; position++)
            count += position == 0 || DayOf(ascending[position]) > DayOf(ascending[position - 1]) ? 1 : 0;
        return count;
    }

    private static long Last(ReadOnlySpan<long> times)
    {
        var last = times[0];
        foreach (var time in times)
            last = Math.Max(last, time);
        return last;
    }

    private static long DayOf(long time) => (long)Math.Floor(time / (double)TimeSpan.MillisecondsPerDay);

    private static double DaysBetween(long time, long now) => Math.Max(0, now - time) / (double)TimeSpan.MillisecondsPerDay;
}
