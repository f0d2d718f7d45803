using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Lab.ColdStart;

/// <summary>A list to be asked for, and what it should hold.</summary>
/// <param name="UserId">Whom it is for; null for somebody of whom the shop knows the attributes alone.</param>
/// <param name="Attributes">What is known of them beyond what they did; null for nothing.</param>
/// <param name="Wanted">Item indexes of the shop, ascending, at least one.</param>
internal sealed record ColdQuestion(string? UserId, UserContent? Attributes, int[] Wanted);

/// <summary>
/// Data in which some items, or some users, arrive after the training: all their interactions are held out. Keys are numbered anew, so that what is cold has the highest.
/// </summary>
internal sealed class ColdSplit
{
    /// <summary>The share of the items, or of the users, that is cold.</summary>
    public const double Share = 0.2;

    /// <summary>A shop keeps so many new items apart.</summary>
    public const int MostItems = 1_000;

    /// <summary>The part of each user's other interactions that is held out beside those with cold items.</summary>
    private const double WarmFraction = 0.2;

    private readonly int[] itemKeys;

    private ColdSplit(InteractionDataset train, InteractionDataset histories, int[] itemKeys, InteractionDataset all, int coldItems, IReadOnlyList<ColdQuestion> questions, IReadOnlyList<ColdQuestion> mixed)
    {
        (Train, Histories, this.itemKeys, All, ColdItems, Questions, Mixed) = (train, histories, itemKeys, all, coldItems, questions, mixed);
    }

    /// <summary>What models learn from: without what is cold.</summary>
    public InteractionDataset Train { get; }

    /// <summary>The same interactions over all items.</summary>
    public InteractionDataset Histories { get; }

    /// <summary>How many items are cold; they have the highest indexes.</summary>
    public int ColdItems { get; }

    /// <summary>About what is cold alone.</summary>
    public IReadOnlyList<ColdQuestion> Questions { get; }

    /// <summary>About all that was held out of the same users, other items included; empty where users are cold.</summary>
    public IReadOnlyList<ColdQuestion> Mixed { get; }

    private InteractionDataset All { get; }

    /// <summary>Whether an item of the shop is cold.</summary>
    public bool IsCold(int itemIndex) => itemIndex >= itemKeys.Length - ColdItems;

    /// <summary>Some items of which the catalogue says something arrive after the training.</summary>
    /// <param name="all">Everything.</param>
    /// <param name="seed">Draws the items, and what is held out of the others.</param>
    /// <param name="isValidation">Whether the items of the test part are put aside, and others are drawn.</param>
    /// <exception cref="InvalidDataException">The catalogue says nothing.</exception>
    public static ColdSplit OfItems(InteractionDataset all, int seed, bool isValidation)
    {
        if (!all.HasContent)
            throw new InvalidDataException("Nothing is known of the items beyond who wanted them.");
        var described = Enumerable.Range(0, all.Items.Count).Where(item => all.ContentOf(item) is not null && all.ItemUsers.RowLength(item) > 0).ToList();
        var (cold, aside) = Draw(described, seed, MostItems, isValidation);
        int[] order = [.. Enumerable.Range(0, all.Items.Count).Where(item => !cold.Contains(item) && !aside.Contains(item)), .. cold.Order()];
        var places = new int[all.Items.Count];
        Array.Fill(places, -1);
        for (var place = 0; place < order.Length; place++)
            places[order[place]] = place;
        var warm = order.Length - cold.Count;
        var (train, histories) = (new InteractionDatasetBuilder(all.Kinds), new InteractionDatasetBuilder(all.Kinds));
        for (var place = 0; place < order.Length; place++)
        {
            histories.AddItem(place + 1);
            if (place < warm && all.ContentOf(order[place]) is { } content)
                train.AddContent(place + 1, content);
        }

        var (questions, mixed) = (new List<ColdQuestion>(), new List<ColdQuestion>());
        for (var user = 0; user < all.Users.Count; user++)
        {
            var random = new SeededRandom(seed, all.Users[user]);
            var (kept, heldOut) = (new HashSet<int>(), new SortedSet<int>());
            foreach (var item in all.UserItems.RowColumns(user))
            {
                if (places[item] < 0)
                    continue;
                if (places[item] >= warm || random.Next(1_000) < 1_000 * WarmFraction)
                    heldOut.Add(places[item]);
                else
                    kept.Add(places[item]);
            }

            if (kept.Count == 0)
                continue;
            Copy(all, user, places, kept, train, histories);
            int[] wanted = [.. heldOut.Where(place => place >= warm)];
            if (wanted.Length > 0)
                questions.Add(new ColdQuestion(IdOf(all.Users[user]), null, wanted));
            if (heldOut.Count > 0)
                mixed.Add(new ColdQuestion(IdOf(all.Users[user]), null, [.. heldOut]));
        }

        return new ColdSplit(train.Build(), histories.Build(), order, all, cold.Count, questions, mixed);
    }

    /// <summary>Some users of whom attributes are known register after the training.</summary>
    /// <param name="all">Everything.</param>
    /// <param name="seed">Draws the users.</param>
    /// <param name="isValidation">Whether the users of the test part are put aside, and others are drawn.</param>
    /// <exception cref="InvalidDataException">No attributes are known.</exception>
    public static ColdSplit OfUsers(InteractionDataset all, int seed, bool isValidation)
    {
        if (!all.HasUserContent)
            throw new InvalidDataException("Nothing is known of the users beyond what they did.");
        var described = Enumerable.Range(0, all.Users.Count).Where(user => all.ContentOfUser(user) is not null && all.UserItems.RowLength(user) > 0).ToList();
        var (cold, aside) = Draw(described, seed, int.MaxValue, isValidation);
        int[] order = [.. Enumerable.Range(0, all.Items.Count)];
        var (train, histories) = (new InteractionDatasetBuilder(all.Kinds), new InteractionDatasetBuilder(all.Kinds));
        foreach (var item in order)
        {
            train.AddItem(item + 1);
            histories.AddItem(item + 1);
            if (all.ContentOf(item) is { } content)
                train.AddContent(item + 1, content);
        }

        var questions = new List<ColdQuestion>();
        for (var user = 0; user < all.Users.Count; user++)
        {
            if (cold.Contains(user))
            {
                questions.Add(new ColdQuestion(null, all.ContentOfUser(user), all.UserItems.RowColumns(user).ToArray()));
            }
            else if (!aside.Contains(user))
            {
                Copy(all, user, order, null, train, histories);
                if (all.ContentOfUser(user) is { } content)
                    train.AddUserContent(all.Users[user], content);
            }
        }

        return new ColdSplit(train.Build(), histories.Build(), order, all, coldItems: 0, questions, []);
    }

    /// <summary>A shop of these models, in which what is cold has arrived after the training.</summary>
    /// <param name="models">The recommender first.</param>
    /// <param name="newItemShare">Of its lists.</param>
    public ServingState StateOf(IReadOnlyList<ServedModel> models, double newItemShare) => new(
        models, [.. Histories.Users.Keys.ToArray().Select(key => (key, IdOf(key)))],
        CatalogueBuilder.Of(itemKeys.Select((item, place) => new ServedItem(
            place + 1, IdOf(place + 1), new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1 }, IsCold(place) ? All.ContentOf(item) : null))),
        Histories, new ServingOptions { NewItemShare = newItemShare });

    private static string IdOf(int key) => key.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static (HashSet<int> Cold, HashSet<int> Aside) Draw(List<int> among, int seed, int most, bool isValidation)
    {
        var drawn = DrawFrom(among, seed, most);
        return isValidation ? (DrawFrom([.. among.Where(one => !drawn.Contains(one))], seed + 1, most), drawn) : (drawn, []);
    }

    private static HashSet<int> DrawFrom(List<int> among, int seed, int most) =>
    [
        .. among.OrderBy(one => new SeededRandom(seed, one).Next(int.MaxValue)).ThenBy(one => one).Take(Math.Min(most, (int)Math.Ceiling(Share * among.Count))),
    ];

    private static void Copy(InteractionDataset all, int user, int[] places, HashSet<int>? kept, InteractionDatasetBuilder train, InteractionDatasetBuilder histories)
    {
        var items = all.UserItemIndexes(user);
        var kinds = all.UserKinds(user);
        var values = all.UserValues(user);
        var times = all.UserTimes(user);
        for (var position = 0; position < items.Length; position++)
        {
            var place = places[items[position]];
            if (kept is not null && !kept.Contains(place))
                continue;
            train.Add(all.Users[user], place + 1, kinds[position], values[position], times[position]);
            histories.Add(all.Users[user], place + 1, kinds[position], values[position], times[position]);
        }
    }
}
