using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Lab.Files;

namespace RecoService.Lab.Placements;

/// <summary>The training part as a shop that answers requests: every item has a record and is for sale, and no purchase keeps an item out of lists.</summary>
internal sealed class JudgedShop
{
    /// <summary>What was bought with the given items, and nothing behind it.</summary>
    public const string GoesWithName = "goes-with";

    private readonly string[] itemIds;
    private readonly long[] addedAt;
    private readonly Dictionary<string, int> items;
    private readonly Dictionary<string, int> users;
    private readonly string[] userIds;
    private readonly List<int>[] basketsOfItems;

    /// <param name="train">The training part.</param>
    public JudgedShop(IReadOnlyList<Basket> train)
    {
        var builder = new SplitBuilder { CanRepeat = true };
        foreach (var basket in train)
        {
            foreach (var item in basket.Items)
                builder.Add(new FileInteraction(basket.User, item, Time: basket.Time));
        }

        Histories = builder.Build().All;
        (itemIds, items) = IdsOf(train.SelectMany(basket => basket.Items), builder.Items, Histories.Items);
        (userIds, users) = IdsOf(train.Select(basket => basket.User), builder.Users, Histories.Users);
        Baskets = [.. train.Select(basket => IndexesOf(basket.Items))];
        basketsOfItems = [.. itemIds.Select(_ => new List<int>())];
        addedAt = new long[itemIds.Length];
        for (var basket = 0; basket < Baskets.Count; basket++)
        {
            foreach (var item in Baskets[basket])
            {
                if (basketsOfItems[item].Count == 0)
                    addedAt[item] = train[basket].Time;
                basketsOfItems[item].Add(basket);
            }
        }
    }

    /// <summary>All purchases of the training part.</summary>
    public InteractionDataset Histories { get; }

    /// <summary>Item indexes, ascending; the oldest basket first.</summary>
    public IReadOnlyList<int[]> Baskets { get; }

    public string IdOf(int itemIndex) => itemIds[itemIndex];

    public bool TryGetUser(string userId, out int userIndex) => users.TryGetValue(userId, out userIndex);

    /// <summary>The indexes of the items that are known, ascending.</summary>
    public int[] IndexesOf(IEnumerable<string> ids) => [.. ids.Where(items.ContainsKey).Select(id => items[id]).Order()];

    /// <summary>The baskets that hold an item, the oldest first.</summary>
    public IReadOnlyList<int> BasketsOf(int itemIndex) => basketsOfItems[itemIndex];

    /// <summary>What a user has bought: on how many days (UTC), and when last.</summary>
    public Dictionary<int, (int Days, long Last)> BoughtBy(int userIndex)
    {
        var bought = new Dictionary<int, (int Days, long Last)>();
        var itemIndexes = Histories.UserItemIndexes(userIndex);
        var times = Histories.UserTimes(userIndex);
        for (var position = 0; position < itemIndexes.Length; position++)
        {
            var (item, time) = (itemIndexes[position], times[position]);
            bought[item] = bought.TryGetValue(item, out var before) ? (before.Days + (DayOf(time) > DayOf(before.Last) ? 1 : 0), time) : (1, time);
        }

        return bought;
    }

    /// <summary>What answers the requests, with a recommender that was trained on the training part.</summary>
    /// <param name="name">The recommender's trainer.</param>
    /// <param name="model">What it learned.</param>
    public ServingState StateOf(string name, IScorer model) => new(
        [new ServedModel(name, 1, model, ModelRoles.Recommender)],
        [.. Histories.Users.Keys.ToArray().Zip(userIds)],
        CatalogueBuilder.Of(Histories.Items.Keys.ToArray().Select((key, index) => new ServedItem(
            key, itemIds[index], new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1, AddedAt = addedAt[index] }))),
        Histories,
        new ServingOptions { Placements = [.. Placement.BuiltIn(newItemShare: 0), new Placement(GoesWithName, PlacementSource.BoughtTogether) { Subject = PlacementSubject.Items }] });

    private static (string[] Ids, Dictionary<string, int> Indexes) IdsOf(IEnumerable<string> ids, IdTable table, KeyMap keys)
    {
        var byIndex = new string[keys.Count];
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (!table.TryGetKey(id, out var key) || !keys.TryGetIndex(key, out var index))
                continue;
            byIndex[index] = id;
            indexes.Add(id, index);
        }

        return (byIndex, indexes);
    }

    private static long DayOf(long time) => (long)Math.Floor(time / (double)TimeSpan.MillisecondsPerDay);
}
