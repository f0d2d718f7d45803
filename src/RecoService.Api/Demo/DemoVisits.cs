using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Demo;

/// <summary>Lets users walk through the shop: they look at items, and now and then put one into the cart, buy it and rate it.</summary>
internal sealed class DemoVisits(IReadOnlyList<DemoItem> items, InteractionKinds kinds, DateTimeOffset now, Random random)
{
    private const int Days = 90;
    private const int ItemsPerVisit = 4;
    private const double OutOfTaste = 0.1;
    private const double OwnPriceBand = 6;
    private static readonly double[] ShelfShares = [0.5, 0.8, 1.0];
    private readonly ILookup<int, DemoItem> itemsOfShelf = items.ToLookup(item => item.Shelf);
    private readonly byte fallbackKind = FirstWithoutValue(kinds);
    private int visits;
    private int orders;

    /// <summary>As many interactions as the user makes, not yet in order and without ids.</summary>
    public IEnumerable<NewInteraction> Of(DemoUser user)
    {
        var interactions = new List<NewInteraction>(user.InteractionCount + 8);
        var rated = new HashSet<string>();
        while (interactions.Count < user.InteractionCount)
            Visit(user, rated, interactions);
        return interactions.Take(user.InteractionCount);
    }

    private void Visit(DemoUser user, HashSet<string> rated, List<NewInteraction> interactions)
    {
        var sessionId = $"visit-{++visits:00000}";
        string? orderId = null;
        var time = BeginOfVisit();
        var count = random.Next(1, (2 * ItemsPerVisit) - 1);
        for (var look = 0; look < count; look++)
        {
            var inTaste = random.NextDouble() >= OutOfTaste;
            var item = Choose(user, inTaste, time);
            var likes = inTaste && item.PriceBand == user.PriceBand;
            Add("view", seconds: 40);
            if (Chance(0.45))
                Add("click", seconds: 15);
            if (Chance(likes ? 0.08 : 0.03))
                Add("like", seconds: 10);
            if (!inTaste && Chance(0.12))
                Add("dislike", seconds: 10);
            if (!Chance(likes ? 0.3 : 0.14))
                continue;
            Add("add-to-cart", seconds: 30);
            if (!Chance(0.5))
                continue;
            orderId ??= $"order-{++orders:00000}";
            Add("purchase", seconds: 120);
            if (Chance(0.4) && rated.Add(item.ItemId))
                Add(InteractionKind.Rating, seconds: 2 * 86_400, RatingOf(inTaste, likes));

            void Add(string kind, int seconds, double? value = null)
            {
                var rating = kind == InteractionKind.Rating;
                var bought = kind == "purchase";
                var at = time.AddSeconds(random.Next(1, seconds));
                if (!rating)
                    time = at;
                interactions.Add(new NewInteraction
                {
                    UserId = user.UserId,
                    ItemId = item.ItemId,
                    KindIndex = kinds.TryGetIndex(kind, out var index) ? index : fallbackKind,
                    Value = value,
                    OccurredAt = at < now ? at : now,
                    SessionId = rating ? null : sessionId,
                    OrderId = bought ? orderId : null,
                    Quantity = bought ? (Chance(0.15) ? 2 : 1) : null,
                    UnitPrice = bought ? item.Record.Price : null,
                });
            }
        }
    }

    /// <summary>Between eight in the morning and eleven at night, somewhat more often lately.</summary>
    private DateTimeOffset BeginOfVisit()
    {
        var day = now.AddDays(-Math.Pow(random.NextDouble(), 1.2) * Days);
        var time = new DateTimeOffset(day.UtcDateTime.Date, TimeSpan.Zero).AddHours(8 + (random.NextDouble() * 15));
        return time < now ? time : time.AddDays(-1);
    }

    private DemoItem Choose(DemoUser user, bool inTaste, DateTimeOffset time)
    {
        var position = random.NextDouble() * ShelfShares[user.Shelves.Count - 1];
        var shelf = inTaste ? user.Shelves[Array.FindIndex(ShelfShares, share => position < share)] : random.Next(DemoShelf.All.Count);
        var candidates = itemsOfShelf[shelf].Where(item => item.Record.AddedAt <= time && !item.Record.Hidden);
        return Draw(candidates, item => item.Appeal * (item.PriceBand == user.PriceBand ? OwnPriceBand : 1));
    }

    private DemoItem Draw(IEnumerable<DemoItem> candidates, Func<DemoItem, double> weightOf)
    {
        var weighted = candidates.Select(item => (item, Weight: weightOf(item))).ToArray();
        var position = random.NextDouble() * weighted.Sum(pair => pair.Weight);
        foreach (var (item, weight) in weighted)
        {
            position -= weight;
            if (position < 0)
                return item;
        }

        return weighted[^1].item;
    }

    private double RatingOf(bool inTaste, bool likes)
    {
        var height = (likes ? 0.85 : inTaste ? 0.7 : 0.4) + (0.3 * (random.NextDouble() - 0.5));
        var onScale = kinds.RatingMin + (height * (kinds.RatingMax - kinds.RatingMin));
        return Math.Clamp(Math.Round(onScale * 2) / 2, kinds.RatingMin, kinds.RatingMax);
    }

    private static byte FirstWithoutValue(InteractionKinds kinds) => kinds.Count > 1
        ? (byte)(kinds.RatingIndex == 0 ? 1 : 0)
        : throw new ArgumentException("The demo shop needs an interaction kind beside rating.", nameof(kinds));

    private bool Chance(double probability) => random.NextDouble() < probability;
}
