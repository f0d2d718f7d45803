using RecoService.Engine.Recommending.Exploration;
using RecoService.Storage.Attribution;

namespace RecoService.Storage.Tests.Attribution;

/// <summary>What is known of the items of places that explore: exact to the row, in whatever order lists and deeds arrive, and without what is erased.</summary>
public abstract class ExplorationLogContract(StorageProvider provider) : StorageContract(provider)
{
    private const float Drawn = 0.25f;

    private static readonly DateTimeOffset Monday = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private AttributionRules Rules(long? most = null)
    {
        var roles = new AttributionRole[Store.Kinds.Count];
        foreach (var (kind, role) in new[] { ("click", AttributionRole.Click), ("purchase", AttributionRole.Order), ("like", AttributionRole.Like) })
            roles[Store.Kind(kind)] = role;
        return new AttributionRules(TimeSpan.FromDays(7), roles, most);
    }

    private Task FollowAsync(long? most = null) => Store.Figures.FollowAsync(Rules(most), null, Ct);

    /// <summary>Three items, of which the second was drawn.</summary>
    private async Task<Guid> ShowAsync(string user, DateTimeOffset at, string placement = "home", float propensity = Drawn, params string[] items)
    {
        var id = Guid.CreateVersion7(at);
        items = items.Length == 0 ? ["a", "b", "c"] : items;
        await Store.Impressions.AppendAsync([new Impression(id, user, placement, null, 3, "c", at, items) { Sources = ["als"], Propensities = propensity == 0 ? [] : [1, propensity, 1] }], Ct);
        return id;
    }

    private Task ActAsync(string user, string item, string kind, DateTimeOffset at, Guid? list = null, string? id = null) =>
        Store.AppendAsync(new NewInteraction { Id = id, UserId = user, ItemId = item, KindIndex = Store.Kind(kind), OccurredAt = at, RecommendationId = list });

    private async Task<string> TrialsAsync(DateTimeOffset? since = null)
    {
        var trials = await Store.Exploration.ReadTrialsAsync(since ?? Monday, Ct);
        var names = new Dictionary<int, string>();
        foreach (var item in new[] { "a", "b", "c" })
        {
            if (await Store.Inner.ReadSnapshotAsync(context => context.CountAsync($"SELECT COALESCE(MAX(key), -1) FROM items WHERE id = '{item}'", Ct), Ct) is >= 0 and var key)
                names[(int)key] = item;
        }

        return string.Join(", ", trials.Select(trial => $"{trial.Placement} {names[trial.ItemKey]} {trial.Rewards}/{trial.Count}").Order(StringComparer.Ordinal));
    }

    /// <summary>An item has a key once somebody did something with it.</summary>
    private async Task KnowItemsAsync()
    {
        foreach (var item in new[] { "a", "b", "c" })
            await ActAsync("somebody", item, "like", Monday.AddDays(-20));
    }

    [Fact]
    public async Task Read_NothingExplores_KnowsNothing()
    {
        await KnowItemsAsync();
        await ShowAsync("ann", Monday, propensity: 0);
        await ShowAsync("ann", Monday, propensity: 1);
        await ActAsync("ann", "b", "click", Monday.AddHours(1));
        await FollowAsync();

        Assert.Equal("", await TrialsAsync());
        Assert.Equal(0, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM exploration_trials", Ct), Ct));
    }

    [Fact]
    public async Task Read_DrawnItems_CountsWhatWasShownAndClickedOrBought()
    {
        await KnowItemsAsync();
        var first = await ShowAsync("ann", Monday);
        await ShowAsync("bob", Monday.AddHours(1), items: ["b", "c", "a"]);
        var similar = await ShowAsync("bob", Monday.AddHours(2), "similar");
        await ShowAsync(Impression.NoUser, Monday.AddDays(1));
        // Clicked twice and bought, which is one reward; what was not drawn is none, and nor is a like.
        await ActAsync("ann", "b", "click", Monday.AddHours(1), first);
        await ActAsync("ann", "b", "click", Monday.AddHours(1.1), first);
        await ActAsync("ann", "b", "purchase", Monday.AddHours(2));
        await ActAsync("ann", "a", "click", Monday.AddHours(2), first);
        await ActAsync("bob", "c", "like", Monday.AddHours(2), similar);
        await FollowAsync();
        Assert.Equal("home b 1/2, home c 0/1, similar b 0/1", await TrialsAsync());

        // Late, and then taken back.
        await ActAsync("bob", "b", "purchase", Monday.AddHours(3), similar, id: "p");
        await FollowAsync();
        Assert.Equal("home b 1/2, home c 0/1, similar b 1/1", await TrialsAsync());
        await Store.Corrections.DeleteAsync("p", Ct);
        await FollowAsync();
        Assert.Equal("home b 1/2, home c 0/1, similar b 0/1", await TrialsAsync());
        // A list of a day counts with the day.
        Assert.Equal("home b 0/1", await TrialsAsync(Monday.AddDays(1)));
    }

    [Fact]
    public async Task Rebuild_CountsTheSameAgain()
    {
        await KnowItemsAsync();
        for (var hour = 0; hour < 30; hour++)
            await ShowAsync($"u{hour % 7}", Monday.AddHours(hour), hour % 3 == 0 ? "home" : "similar", items: hour % 2 == 0 ? ["a", "b", "c"] : ["c", "a", "b"]);
        for (var user = 0; user < 7; user += 2)
            await ActAsync($"u{user}", user % 4 == 0 ? "a" : "b", "click", Monday.AddDays(2));
        await FollowAsync();
        var before = await TrialsAsync();
        Assert.Contains("/", before, StringComparison.Ordinal);

        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        Assert.Equal("", await TrialsAsync());
        await FollowAsync();

        Assert.Equal(before, await TrialsAsync());
    }

    [Fact]
    public async Task Erase_User_TakesTheirPropensitiesAndCountsAway()
    {
        await KnowItemsAsync();
        var list = await ShowAsync("ann", Monday);
        await ShowAsync("bob", Monday);
        await ActAsync("ann", "b", "click", Monday.AddHours(1));
        await FollowAsync();
        Assert.Equal("home b 1/2", await TrialsAsync());

        await Store.EraseUserAsync("ann", Ct);

        Assert.Equal("home b 0/1", await TrialsAsync());
        Assert.Null(await Store.Impressions.GetAsync(list, Ct));
        Assert.Equal(1, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM impressions WHERE propensities_json IS NOT NULL", Ct), Ct));
    }

    /// <summary>A program that clicks everything must not teach the lists anything.</summary>
    [Fact]
    public async Task Follow_UserWithTooManyInteractions_IsLeftOutAndTakenInAgain()
    {
        await KnowItemsAsync();
        await ShowAsync("program", Monday);
        await ShowAsync("ann", Monday);
        for (var click = 0; click < 4; click++)
            await ActAsync("program", "b", "click", Monday.AddHours(1 + click), id: $"c{click}");
        await FollowAsync(most: 3);
        Assert.Equal("home b 0/1", await TrialsAsync());

        await Store.Corrections.DeleteAsync("c3", Ct);
        await FollowAsync(most: 3);
        Assert.Equal("home b 1/2", await TrialsAsync());
    }

    private async Task<string> PlacesAsync(string placement = "home", AttributionRole reward = AttributionRole.Click, DateTimeOffset? since = null)
    {
        var places = new List<string>();
        var count = await Store.Exploration.ReadPlacesAsync(placement, since ?? Monday, reward, place => places.Add($"{place.ItemId}{place.Position} {place.Propensity}{(place.IsRewarded ? "!" : "")}"), Ct);
        Assert.Equal(places.Count, count);
        return string.Join(", ", places);
    }

    [Fact]
    public async Task ReadPlaces_OfAPlacement_AreItsDrawnPlacesWithWhatCameOfThem()
    {
        await KnowItemsAsync();
        var first = await ShowAsync("ann", Monday);
        await ShowAsync("bob", Monday.AddHours(1), propensity: 0.5f, items: ["b", "c", "a"]);
        var unknown = await ShowAsync(Impression.NoUser, Monday.AddHours(2));
        await ShowAsync("bob", Monday.AddHours(3), "similar");
        await ShowAsync("bob", Monday.AddHours(4), propensity: 1);
        await ShowAsync("bob", Monday.AddHours(5), propensity: 0);
        // Not counted yet, so nobody knows what came of it.
        await ActAsync("ann", "b", "click", Monday.AddHours(1), first);
        await ActAsync("ann", "a", "click", Monday.AddHours(1), first);
        await ActAsync("bob", "c", "purchase", Monday.AddHours(6));
        await ActAsync("bob", "b", "click", Monday.AddHours(7), unknown);
        Assert.Equal("", await PlacesAsync());
        await FollowAsync();

        Assert.Equal("b2 0.25!, c2 0.5, b2 0.25!", await PlacesAsync());
        Assert.Equal("b2 0.25, c2 0.5, b2 0.25", await PlacesAsync(reward: AttributionRole.Order, since: Monday.AddDays(-3)));
        Assert.Equal("b2 0.25!", await PlacesAsync(since: Monday.AddHours(2)));
        Assert.Equal("b2 0.25", await PlacesAsync("similar"));
        Assert.Equal("", await PlacesAsync("nowhere"));
        await Store.EraseUserAsync("ann", Ct);
        Assert.Equal("c2 0.5, b2 0.25!", await PlacesAsync());
    }

    [Fact]
    public async Task DeleteBefore_DeletesOlderDaysAlone()
    {
        await KnowItemsAsync();
        for (var day = 0; day < 4; day++)
            await ShowAsync("ann", Monday.AddDays(day));
        await FollowAsync();

        Assert.Equal(2, await Store.Exploration.DeleteBeforeAsync(Monday.AddDays(2).AddHours(5), Ct));
        Assert.Equal("home b 0/2", await TrialsAsync());
        Assert.Equal(0, await Store.Exploration.DeleteBeforeAsync(Monday.AddDays(2), Ct));
    }

    /// <summary>An item whose id nobody has used otherwise has no key, and no list can hold it.</summary>
    [Fact]
    public async Task Read_ItemWithoutAKey_IsPassedOver()
    {
        await ShowAsync("ann", Monday);
        await FollowAsync();

        Assert.Empty(await Store.Exploration.ReadTrialsAsync(Monday, Ct));
    }
}

public sealed class SqliteExplorationLogTests() : ExplorationLogContract(StorageProvider.Sqlite);

public sealed class PostgresExplorationLogTests() : ExplorationLogContract(StorageProvider.Postgres);
