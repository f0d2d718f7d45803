using RecoService.Engine.Experiments;
using RecoService.Storage.Attribution;

namespace RecoService.Storage.Tests.Attribution;

/// <summary>What users did with what they were shown, to the row: against figures computed by hand, and against a plain count over everything.</summary>
public abstract class RecommendationFiguresContract(StorageProvider provider) : StorageContract(provider)
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const int AllDays = 40_000;

    /// <summary>Before the clock of the store, which takes nothing of the future.</summary>
    private static readonly DateTimeOffset Monday = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static int DayOf(DateTimeOffset time) => (int)(time.ToUnixTimeMilliseconds() / Day);

    private AttributionRules Rules(long? most = null)
    {
        var roles = new AttributionRole[Store.Kinds.Count];
        foreach (var (kind, role) in new[] { ("click", AttributionRole.Click), ("view", AttributionRole.NamedClick), ("purchase", AttributionRole.Order), ("like", AttributionRole.Like), ("dislike", AttributionRole.Dislike), ("rating", AttributionRole.Rating) })
            roles[Store.Kind(kind)] = role;
        return new AttributionRules(TimeSpan.FromDays(7), roles, most);
    }

    private Task FollowAsync(TestStore? by = null, long? most = null) => (by ?? Store).Figures.FollowAsync(Rules(most), null, Ct);

    private async Task<Guid> ShowAsync(string user, DateTimeOffset at, string placement, params string[] items)
    {
        var id = Guid.CreateVersion7(at);
        await Store.Impressions.AppendAsync([new Impression(id, user, placement, null, 3, "c", at, items) { Sources = [.. items.Select((_, position) => position == 0 ? "als" : "popular")] }], Ct);
        return id;
    }

    private Task ActAsync(string user, string item, string kind, DateTimeOffset at, Guid? list = null, string? id = null, string? order = null, double? quantity = null, decimal? price = null, double? value = null) =>
        Store.AppendAsync(new NewInteraction { Id = id, UserId = user, ItemId = item, KindIndex = Store.Kind(kind), OccurredAt = at, RecommendationId = list, OrderId = order, Quantity = quantity, UnitPrice = price, Value = value });

    private async Task<string> TableAsync(params FigureDimension[] by) => string.Join('\n', (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, by), Ct))
        .Select(row => $"{string.Join(' ', row.Key)}: lists {row.Lists} viewers {row.Viewers} shown {row.Impressions} clicks {row.Clicks} orders {row.Orders} lines {row.OrderLines} units {row.Units} amount {row.Amount} buyers {row.Buyers} returns {row.Returns} likes {row.Likes}-{row.Dislikes} ratings {row.Ratings}={row.RatingSum}")
        .Order(StringComparer.Ordinal));

    private Task<long> CountAsync(string sql) => Store.Inner.ReadSnapshotAsync(context => context.CountAsync(sql, Ct), Ct);

    private async Task<FigureRow> AllAsync() => Assert.Single(await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, []), Ct));

    [Fact]
    public async Task Read_NothingShown_HasNoRows()
    {
        await FollowAsync();

        Assert.Empty(await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, []), Ct));
        Assert.Empty(await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Source]), Ct));
    }

    /// <summary>Whoever was shown nothing themselves and only rates what another was shown belongs to that list, also when all is counted for the first time and anew.</summary>
    [Theory]
    [InlineData("rating")]
    [InlineData("click")]
    public async Task Follow_FirstTimeAndAnew_KnowsWhoeverNamesAnothersList(string kind)
    {
        var list = await ShowAsync("ann", Monday.AddHours(9), "home", "a");
        await ActAsync("bob", "a", kind, Monday.AddHours(10), list, value: kind == "rating" ? 4 : null);

        await FollowAsync();
        Assert.Equal((kind == "rating" ? 1L : 0, kind == "click" ? 1L : 0), await AllAsync() is var first ? (first.Ratings, first.Clicks) : default);

        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        await FollowAsync();
        Assert.Equal((kind == "rating" ? 1L : 0, kind == "click" ? 1L : 0), await AllAsync() is var anew ? (anew.Ratings, anew.Clicks) : default);
    }

    [Fact]
    public async Task Follow_ADayOfTheShop_IsCountedToTheRow()
    {
        var home = await ShowAsync("ann", Monday.AddHours(9), "home", "a", "b", "c");
        await ShowAsync("ann", Monday.AddHours(12), "similar", "b", "d");
        await ShowAsync("bob", Monday.AddHours(9), "home", "a", "b");
        var nobody = await ShowAsync(Impression.NoUser, Monday.AddHours(10), "home", "a");

        // Named, though the later list holds the item too; looked at twice, which is one click.
        await ActAsync("ann", "b", "click", Monday.AddHours(13), home);
        await ActAsync("ann", "b", "view", Monday.AddHours(13.1), home);
        // Of themselves: the latest list that holds the item and was shown before.
        await ActAsync("ann", "b", "purchase", Monday.AddHours(14), order: "1", quantity: 2, price: 1.05m);
        await ActAsync("ann", "d", "purchase", Monday.AddHours(14), order: "1", price: 0.1m);
        await ActAsync("ann", "a", "like", Monday.AddHours(15));
        // A view of itself is nothing, and nor is what no list held, what came too early and what came too late.
        await ActAsync("bob", "a", "view", Monday.AddHours(10));
        await ActAsync("bob", "z", "click", Monday.AddHours(10));
        await ActAsync("bob", "a", "click", Monday.AddHours(8));
        await ActAsync("bob", "b", "click", Monday.AddDays(8));
        // On the last moment of the window; the figures are those of the day of the list.
        await ActAsync("bob", "a", "rating", Monday.AddHours(9).AddDays(7), value: 4);
        // Whoever is known by now names a list that was shown to nobody known.
        await ActAsync("bob", "a", "click", Monday.AddHours(11), nobody);

        await FollowAsync();

        Assert.Equal(
            """
            home: lists 3 viewers 2 shown 6 clicks 2 orders 0 lines 0 units 0 amount 0 buyers 0 returns 0 likes 1-0 ratings 1=4
            similar: lists 1 viewers 1 shown 2 clicks 0 orders 1 lines 2 units 3 amount 22000 buyers 1 returns 0 likes 0-0 ratings 0=0
            """.ReplaceLineEndings("\n"),
            await TableAsync(FigureDimension.Placement));
        Assert.Equal(
            $"""
            {DayOf(Monday)} 3 als 1: lists  viewers  shown 4 clicks 1 orders 1 lines 1 units 2 amount 21000 buyers 1 returns 0 likes 1-0 ratings 1=4
            {DayOf(Monday)} 3 popular 2: lists  viewers  shown 3 clicks 1 orders 1 lines 1 units 1 amount 1000 buyers 1 returns 0 likes 0-0 ratings 0=0
            {DayOf(Monday)} 3 popular 3: lists  viewers  shown 1 clicks 0 orders 0 lines 0 units 0 amount 0 buyers 0 returns 0 likes 0-0 ratings 0=0
            """.ReplaceLineEndings("\n"),
            await TableAsync(FigureDimension.Day, FigureDimension.ModelVersion, FigureDimension.Source, FigureDimension.Position));
        // Ann saw 5 items and clicked 1, Bob saw 2 and clicked 1.
        Assert.Equal(new ViewerSums(2, 7, 2, 29, 2, 7), (await AllAsync()).ViewerSums);
        var only = await Store.Figures.ReadAsync(new FigureQuery(DayOf(Monday), DayOf(Monday), [FigureDimension.Variant]) { Only = new Dictionary<FigureDimension, object> { [FigureDimension.Placement] = "similar" } }, Ct);
        Assert.Equal(("", 2L, 22_000L), ((string)only.Single().Key[0], only[0].Impressions, only[0].Amount));
        Assert.Empty(await Store.Figures.ReadAsync(new FigureQuery(DayOf(Monday) + 1, AllDays, []), Ct));
    }

    /// <summary>Every way in which what is known of the past changes.</summary>
    [Fact]
    public async Task Follow_LateAndCorrected_ChangesTheDayOfTheList()
    {
        var first = await ShowAsync("ann", Monday, "home", "a", "b");
        await ActAsync("ann", "a", "purchase", Monday.AddHours(5), id: "p", order: "1", price: 10);
        await ActAsync("ann", "a", "purchase", Monday.AddHours(5), id: "p", order: "1", price: 10);
        await FollowAsync();
        Assert.Equal((1, 100_000), ((await AllAsync()).OrderLines, (await AllAsync()).Amount));

        // Corrected, given back, taken back.
        await Store.Corrections.PutAsync(new NewInteraction { Id = "p", UserId = "ann", ItemId = "a", KindIndex = Store.Kind("purchase"), OccurredAt = Monday.AddHours(5), OrderId = "1", UnitPrice = 7.5m }, Ct);
        await FollowAsync();
        Assert.Equal(75_000, (await AllAsync()).Amount);
        await ActAsync("ann", "a", "return", Monday.AddDays(3), id: "r");
        await FollowAsync();
        Assert.Equal((0, 0, 1), ((await AllAsync()).Orders, (await AllAsync()).Amount, (await AllAsync()).Returns));
        await Store.Corrections.DeleteAsync("r", Ct);
        await FollowAsync();
        Assert.Equal((1, 75_000, 0), ((await AllAsync()).Orders, (await AllAsync()).Amount, (await AllAsync()).Returns));

        // A list that arrives after what was done with it takes the deed over, and an earlier one does not.
        await ShowAsync("ann", Monday.AddHours(4), "late", "a");
        await ShowAsync("ann", Monday.AddHours(-4), "earlier", "a");
        await FollowAsync();
        Assert.Equal("earlier 0, home 0, late 1", string.Join(", ", (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Placement]), Ct)).OrderBy(row => (string)row.Key[0], StringComparer.Ordinal).Select(row => $"{row.Key[0]} {row.OrderLines}")));

        // A click that arrives days later, and an interaction that is taken back.
        await ActAsync("ann", "b", "click", Monday.AddHours(1), first, id: "c");
        await FollowAsync();
        Assert.Equal(1, (await AllAsync()).Clicks);
        await Store.Corrections.DeleteAsync("c", Ct);
        await Store.Corrections.DeleteOrderAsync("1", Ct);
        await FollowAsync();
        Assert.Equal((0, 0, 4), ((await AllAsync()).Clicks, (await AllAsync()).OrderLines, (await AllAsync()).Impressions));
    }

    [Fact]
    public async Task Delete_AUser_TakesTheirPartOutAndNoOther()
    {
        await ShowAsync("ann", Monday, "home", "a", "b");
        await ShowAsync("bob", Monday, "home", "a", "b");
        foreach (var user in new[] { "ann", "bob" })
            await ActAsync(user, "a", "click", Monday.AddHours(1));
        await FollowAsync();
        // Not counted yet when she goes.
        await ShowAsync("ann", Monday.AddHours(2), "home", "c");

        await Store.EraseUserAsync("ann", Ct);
        await FollowAsync();

        Assert.Equal((1, 1, 2, 1), ((await AllAsync()).Lists, (await AllAsync()).Viewers, (await AllAsync()).Impressions, (await AllAsync()).Clicks));
        Assert.Equal([("a", 1L), ("b", 1L)], (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Position]), Ct)).Select(row => (((long)row.Key[0] == 1 ? "a" : "b"), row.Impressions)).Order());
        foreach (var table in new[] { "recommendation_viewers", "attributions", "impressions" })
            Assert.Equal(0, await CountAsync($"SELECT count(*) FROM {table} WHERE user_id = 'ann'"));
    }

    /// <summary>A visitor who was shown lists and did nothing is no user, and is erased all the same; once.</summary>
    [Fact]
    public async Task Delete_WhoWasOnlyShownLists_TakesTheseOut()
    {
        await ShowAsync("visitor", Monday, "home", "a", "b");
        await ShowAsync("ann", Monday, "home", "a");
        await ShowAsync(Impression.NoUser, Monday, "home", "a");
        await FollowAsync();
        await ShowAsync("visitor", Monday.AddHours(1), "home", "c");

        Assert.Equal(0, await Store.EraseUserAsync("visitor", Ct));
        await FollowAsync();

        Assert.Equal((2, 1, 2), ((await AllAsync()).Lists, (await AllAsync()).Viewers, (await AllAsync()).Impressions));
        Assert.Equal(2, (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Source]), Ct)).Sum(row => row.Impressions));
        Assert.Equal(2, await CountAsync("SELECT count(*) FROM impressions"));
        Assert.Null(await Store.EraseUserAsync("visitor", Ct));
        Assert.Null(await Store.EraseUserAsync(Impression.NoUser, Ct));
    }

    [Fact]
    public async Task Merge_OfAVisitor_GivesTheUserWhatTheyHad()
    {
        await ShowAsync("visitor", Monday, "home", "a");
        await ShowAsync("ann", Monday, "home", "b");
        await ActAsync("visitor", "a", "click", Monday.AddHours(1));
        await ActAsync("ann", "b", "view", Monday.AddHours(1));
        await FollowAsync();

        await Store.Merges.MergeAsync("visitor", "ann", (own, more) => own ?? more, Ct);
        // The user buys what the visitor was shown.
        await ActAsync("ann", "a", "purchase", Monday.AddHours(3), price: 1);
        await FollowAsync();

        var all = await AllAsync();
        Assert.Equal((2, 1, 2, 1, 1), (all.Lists, all.Viewers, all.Impressions, all.Clicks, all.OrderLines));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM recommendation_viewers WHERE user_id = 'visitor'") + await CountAsync("SELECT count(*) FROM attributions WHERE user_id = 'visitor'"));
    }

    /// <summary>A visitor who did nothing is no user yet, and what they were shown goes with them.</summary>
    [Fact]
    public async Task Merge_OfAVisitorWhoWasOnlyShownLists_GivesTheUserThese()
    {
        await ShowAsync("visitor", Monday, "home", "a");
        await ActAsync("ann", "a", "purchase", Monday.AddHours(2), price: 1);
        await FollowAsync();
        Assert.Equal((1, 0), ((await AllAsync()).Viewers, (await AllAsync()).OrderLines));

        Assert.Equal(UserMerge.Nothing, await Store.Merges.MergeAsync("visitor", "ann", (own, more) => own ?? more, Ct));
        await FollowAsync();

        Assert.Equal((1, 1, 1), ((await AllAsync()).Viewers, (await AllAsync()).Lists, (await AllAsync()).OrderLines));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'visitor'"));
    }

    /// <summary>Lists go after a while; what they brought stays, also when it is counted anew.</summary>
    [Fact]
    public async Task Forget_WhileOldListsAreDeleted_KeepsTheirDays()
    {
        var (old, young) = (Monday.AddDays(-30), Monday);
        await ShowAsync("ann", old, "home", "a");
        await ActAsync("ann", "a", "click", old.AddHours(1));
        await ShowAsync("ann", young, "home", "b");
        await ActAsync("ann", "b", "click", young.AddHours(1));
        await FollowAsync();
        Assert.Equal(1, await Store.Impressions.DeleteBeforeAsync(Monday.AddDays(-1), 10, Ct));
        var before = await TableAsync(FigureDimension.Day, FigureDimension.Position);
        Assert.Contains("shown 1 clicks 1", before, StringComparison.Ordinal);

        await ActAsync("ann", "b", "like", young.AddHours(2));
        await FollowAsync();
        Assert.Equal(2, (await AllAsync()).Clicks);
        await Store.Figures.ForgetAsync(Monday.AddDays(-1).AddHours(3), Ct);
        Assert.Equal(1, (await AllAsync()).Clicks);
        await FollowAsync();

        Assert.Equal(before, (await TableAsync(FigureDimension.Day, FigureDimension.Position)).Replace("likes 1-0", "likes 0-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Follow_AUserWithInhumanRates_IsLeftOutUntilTheyAreNot()
    {
        await ShowAsync("bot", Monday, "home", "a", "b");
        await ShowAsync("ann", Monday, "home", "a");
        for (var number = 0; number < 6; number++)
            await ActAsync("bot", "a", "click", Monday.AddHours(1 + number), id: $"c{number}");
        await ActAsync("ann", "a", "click", Monday.AddHours(1));

        await FollowAsync(most: 5);

        Assert.Equal([("bot", 6L)], await Store.Figures.InhumanUsersAsync(10, Ct));
        await ShownAsync(lists: 1, shown: 1, clicks: 1);
        Assert.Equal((1, 1), await DatasetAsync(withExcludedUsers: false));
        Assert.Equal((2, 7), await DatasetAsync(withExcludedUsers: true));
        await ShowAsync("bot", Monday.AddHours(9), "home", "a", "b");
        await FollowAsync(most: 5);
        await ShownAsync(lists: 1, shown: 1, clicks: 1);
        // Counted anew, or from a later day on with what was counted before: they stay out of both.
        foreach (var from in new[] { Monday.AddDays(1), Monday.AddDays(-1) })
        {
            await Store.Figures.ForgetAsync(from, Ct);
            await FollowAsync(most: 5);
            await ShownAsync(lists: 1, shown: 1, clicks: 1);
        }

        await Store.Corrections.DeleteAsync("c5", Ct);
        await FollowAsync(most: 5);
        Assert.Empty(await Store.Figures.InhumanUsersAsync(10, Ct));
        await ShownAsync(lists: 3, shown: 5, clicks: 2);
        Assert.Equal((2, 6), await DatasetAsync(withExcludedUsers: false));

        async Task<(int Users, int Interactions)> DatasetAsync(bool withExcludedUsers)
        {
            var dataset = await Store.Interactions.LoadDatasetAsync(Ct, withExcludedUsers: withExcludedUsers);
            return (dataset.Users.Count, dataset.Count);
        }

        async Task ShownAsync(long lists, long shown, long clicks)
        {
            Assert.Equal((lists, shown, clicks), ((await AllAsync()).Lists, (await AllAsync()).Impressions, (await AllAsync()).Clicks));
            Assert.Equal(shown, (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Source]), Ct)).Sum(row => row.Impressions));
        }
    }

    /// <summary>A slip of the hand in a price, or a price that means something else, would be all that the figures say.</summary>
    [Fact]
    public async Task Follow_MoreThanAnybodyPays_IsALineWithoutRevenue()
    {
        await ShowAsync("ann", Monday, "home", "a", "b");
        await ActAsync("ann", "a", "purchase", Monday.AddHours(1), quantity: 1_000_000, price: 1_000_000_000_000);
        await ActAsync("ann", "b", "purchase", Monday.AddHours(1), quantity: 1_000_000, price: 100_000);

        await FollowAsync();

        Assert.Equal((2, 1_000_000_000_000_000), ((await AllAsync()).OrderLines, (await AllAsync()).Amount));
    }

    /// <summary>Of each user the empty lists, the items that a fallback filled, and what lists took that were timed; after a merge and after a rebuild as before.</summary>
    [Fact]
    public async Task ReadVariants_OfListsWithGuardrails_AddsThemUpPerUser()
    {
        foreach (var (user, items, fallbacks, milliseconds) in new (string, string[], int, double?)[]
        {
            ("ann", ["a", "b"], 1, 2), ("ann", [], 0, 4.5), ("visitor", ["a"], 1, null), ("bob", ["a", "b", "c"], 3, 10), ("bob", ["a"], 0, 0.001),
        })
        {
            await Store.Impressions.AppendAsync(
                [new Impression(Guid.CreateVersion7(Monday), user, "home", "e/new", 1, "c", Monday, items) { FallbackItems = fallbacks, MadeIn = milliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null }], Ct);
        }

        await FollowAsync();
        Assert.Equal(3, (await ReadAsync()).Count);
        await Store.Merges.MergeAsync("visitor", "ann", (own, more) => own ?? more, Ct);
        await FollowAsync();
        var sums = await ReadAsync();
        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        await FollowAsync();

        Assert.Equal(2, sums.Count);
        // Items shown, lists, empty ones, fallbacks, lists that were timed, milliseconds: ann 3, 3, 1, 2, 2, 6.5; bob 4, 2, 0, 3, 2, 10.001.
        Assert.Equal([7, 5, 1, 5, 4, 16.501], new[] { 0, 5, 9, 10, 11, 12 }.Select(number => Math.Round(sums.Sums[number], 9)));
        Assert.Equal((3 * 1, (2 * 3) + (3 * 4)), (sums.Products[(9 * VariantSums.Numbers) + 5], sums.Products[10 * VariantSums.Numbers]));
        Assert.Equal((6.5 * 2) + (10.001 * 2), sums.Products[(12 * VariantSums.Numbers) + 11], 1e-9);
        var again = await ReadAsync();
        Assert.Equal(sums.Sums, again.Sums);
        Assert.Equal(sums.Products, again.Products);

        async Task<VariantSums> ReadAsync() => Assert.Single((await Store.Figures.ReadVariantsAsync("e", Monday, Monday.AddDays(1), TimeSpan.FromDays(1), Ct)).Variants);
    }

    /// <summary>A user is one case of one variant, whatever other experiments their lists are of; who saw two is in none.</summary>
    [Fact]
    public async Task ReadVariants_OfAnExperiment_AreSumsOverItsUsers()
    {
        var start = Monday.AddHours(2);
        foreach (var (user, variant, hour, items) in new (string, string?, double, string[])[]
        {
            ("ann", "e/new", 3, ["a", "b"]), ("ann", "a/x,e/new", 5, ["c"]), ("bob", "e/new", 3, ["a"]), ("cat", "e/old", 3, ["a", "b", "c"]), ("dan", "e/old", 3, ["a"]), ("dan", "e/new", 4, ["a"]),
            ("eve", "ee/new", 3, ["a"]), ("fay", null, 3, ["a"]), ("", "e/new", 3, ["a"]),
        })
            await Store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(Monday.AddHours(hour)), user, "home", variant, 1, "c", Monday.AddHours(hour), items)], Ct);
        // Before the start, of which two are within a day; then what came of the lists.
        foreach (var hours in new[] { -30.0, -2, 1 })
            await ActAsync("ann", "z", "view", Monday.AddHours(hours));
        await ActAsync("ann", "a", "click", Monday.AddHours(4));
        await ActAsync("ann", "c", "click", Monday.AddHours(6));
        await ActAsync("ann", "c", "purchase", Monday.AddHours(6), order: "1", quantity: 2, price: 1.5m);
        await ActAsync("ann", "a", "purchase", Monday.AddHours(7), order: "2", price: 1m);
        await ActAsync("cat", "b", "click", Monday.AddHours(6));
        await FollowAsync();

        var read = await Store.Figures.ReadVariantsAsync("e", start, start.AddDays(1), TimeSpan.FromDays(1), Ct);

        Assert.Equal(1, read.MixedUsers);
        Assert.Equal(["new", "old"], read.Variants.Select(variant => variant.Variant).Order(StringComparer.Ordinal));
        var (now, old) = (read.Variants.First(variant => variant.Variant == "new"), read.Variants.First(variant => variant.Variant == "old"));
        // Ann: 3 shown, 2 clicked, 2 orders, bought, 4.00, 2 lists, 2 interactions before. Bob: 1 shown, 1 list.
        Assert.Equal((2, 1), (now.Count, old.Count));
        Assert.Equal([4, 2, 2, 1, 4, 3, 2, 4, 2, 0, 0, 0, 0], now.Sums);
        Assert.Equal([3, 1, 0, 0, 0, 1, 0, 3, 1, 0, 0, 0, 0], old.Sums);
        Assert.Equal((10, 6, 16, 4), (now.Products[0], now.Products[1], now.Products[(4 * VariantSums.Numbers) + 4], now.Products[(6 * VariantSums.Numbers) + 1]));
        Assert.Empty((await Store.Figures.ReadVariantsAsync("e", start.AddDays(2), start.AddDays(3), TimeSpan.FromDays(1), Ct)).Variants);
    }

    /// <summary>What is of the first day of each user is apart; the lists of a placement are those of all its variants.</summary>
    [Fact]
    public async Task ReadUsers_OfPlacements_AreSumsOverAllOfThem()
    {
        await ShowAsync("ann", Monday, "home", "a", "b");
        await ShowAsync("ann", Monday.AddDays(1), "home", "a", "b", "c");
        await ShowAsync("ann", Monday.AddDays(1), "popular", "d");
        await ShowAsync("bob", Monday.AddDays(2), "home", "a");
        await ShowAsync("cat", Monday.AddDays(-1), "popular", "d");
        await ActAsync("ann", "b", "click", Monday.AddHours(1));
        await ActAsync("ann", "c", "click", Monday.AddDays(1).AddHours(1));
        await ActAsync("ann", "d", "click", Monday.AddDays(1).AddHours(1));
        await ActAsync("bob", "a", "purchase", Monday.AddDays(2).AddHours(1), price: 3m);
        await FollowAsync();

        var (home, first) = await Store.Figures.ReadUsersAsync(["home"], Monday, Monday.AddDays(2), Ct);
        Assert.Equal((2L, DateOnly.FromDateTime(Monday.UtcDateTime)), (home.Count, first));
        Assert.Equal([6, 2, 1, 1, 3, 3, 0, 3, 1, 0, 0, 0, 0], home.Sums);
        Assert.Equal(5 * 2, home.Products[1]);
        var (all, _) = await Store.Figures.ReadUsersAsync([], Monday.AddDays(-1), Monday.AddDays(2), Ct);
        Assert.Equal((3L, 8, 3), (all.Count, all.Sums[0], all.Sums[1]));
        Assert.Equal((0L, null), (await Store.Figures.ReadUsersAsync(["similar"], Monday, Monday.AddDays(2), Ct)) is var (none, day) ? (none.Count, day) : default);
    }

    /// <summary>Items of an interleaved list count for the variant whose they are, beside the other experiments of the list; a user's credit is what they clicked of the second less what of the first.</summary>
    [Fact]
    public async Task Follow_InterleavedLists_CountsEachItemForItsVariant()
    {
        foreach (var (user, variant, hour) in new[] { ("ann", "a/x,e/interleaved", 1), ("ann", "e/interleaved", 2), ("bob", "e/interleaved", 1), ("cat", "e/interleaved,z/y", 1), ("dan", "ee/interleaved", 1) })
            await Store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(Monday.AddHours(hour)), user, "home", variant, 1, "c", Monday.AddHours(hour), [$"{user}{hour}1", $"{user}{hour}2", "k"]) { ItemVariants = ["new", "old", "new"] }], Ct);
        foreach (var item in new[] { "ann11", "ann11", "ann12", "ann21" })
            await ActAsync("ann", item, "click", Monday.AddHours(3));
        await ActAsync("cat", "cat12", "click", Monday.AddHours(3));
        await ActAsync("dan", "dan11", "click", Monday.AddHours(3));
        await FollowAsync();

        var table = (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Variant, FigureDimension.Position]), Ct)).Where(row => row.Clicks > 0).Select(row => $"{string.Join(' ', row.Key)}: {row.Impressions} {row.Clicks}").Order(StringComparer.Ordinal);
        Assert.Equal(["a/x,e/new 1: 1 1", "a/x,e/old 2: 1 1", "e/new 1: 2 1", "e/old,z/y 2: 1 1", "ee/new 1: 1 1"], table);
        Assert.Equal([-1, 0, 1], await CreditsAsync("e"));
        Assert.Equal([1], await CreditsAsync("ee"));
        var ofLists = (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Variant]), Ct)).Select(row => $"{row.Key[0]}: {row.Lists} {row.Viewers} {row.Impressions} {row.Clicks}").Order(StringComparer.Ordinal);
        Assert.Equal(["a/x,e/interleaved: 1 1 0 0", "a/x,e/new: 0 1 2 1", "a/x,e/old: 0 1 1 1", "e/interleaved,z/y: 1 1 0 0", "e/interleaved: 2 2 0 0", "e/new,z/y: 0 1 2 0", "e/new: 0 2 4 1", "e/old,z/y: 0 1 1 1", "e/old: 0 2 2 0", "ee/interleaved: 1 1 0 0", "ee/new: 0 1 2 1", "ee/old: 0 1 1 0"], ofLists);
        Assert.Equal((5, 4, 15), ((await AllAsync()).Lists, (await AllAsync()).Viewers, (await AllAsync()).Impressions));
        Assert.Empty(await Store.Figures.ReadCreditsAsync("e", "new", Monday.AddDays(1), Monday.AddDays(2), Ct));
        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        await FollowAsync();
        Assert.Equal([-1, 0, 1], await CreditsAsync("e"));
        await Store.EraseUserAsync("ann", Ct);
        Assert.Equal([-1, 0], await CreditsAsync("e"));
        Assert.Equal((9, 3), ((await AllAsync()).Impressions, (await AllAsync()).Lists));

        async Task<List<double>> CreditsAsync(string id) => [.. (await Store.Figures.ReadCreditsAsync(id, "new", Monday, Monday.AddDays(1), Ct)).Order()];
    }

    /// <summary>Ann's list is half of what lies beside it and she clicks of that half; Bob's is all of it; Cat's has nothing beside it.</summary>
    [Fact]
    public async Task ReadShadow_OfAnExperiment_ComparesItsLists()
    {
        foreach (var (user, variant, beside) in new (string, string, string[])[] { ("ann", "e/shadow,z/y", ["b", "x", "a", "y"]), ("bob", "e/shadow", ["a", "b", "c", "d"]), ("cat", "e/shadow", []), ("dan", "ee/shadow", ["a"]), ("", "e/shadow", ["a"]) })
            await Store.Impressions.AppendAsync([new Impression(Guid.CreateVersion7(Monday), user, "home", variant, 1, "c", Monday, ["a", "b", "c", "d"]) { ShadowItemIds = beside }], Ct);
        foreach (var (user, item) in new[] { ("ann", "a"), ("ann", "b"), ("bob", "c"), ("cat", "a") })
            await ActAsync(user, item, "click", Monday.AddHours(1));
        await FollowAsync();

        var figures = await Store.Figures.ReadShadowAsync("e", Monday.AddHours(-1), Monday.AddHours(1), Ct);

        Assert.Equal((2L, 1L, 0.75), (figures.Lists, figures.WithoutShadow, figures.Overlap));
        Assert.Equal(0, figures.Tau, 1e-12);
        Assert.Equal((1 + ListAgreement.Of("abcd".ToCharArray(), "bxay".ToCharArray()).RankBiasedOverlap) / 2, figures.RankBiasedOverlap, 1e-12);
        Assert.Equal((2L, 1.5, 1.5, 3.0, 4.0), (figures.Kept.Count, figures.Kept.Mean(0), figures.Kept.Mean(1), figures.Kept.Mean(2), figures.Kept.Mean(3)));
        Assert.Equal(0, (await Store.Figures.ReadShadowAsync("e", Monday.AddHours(1), Monday.AddHours(2), Ct)).Lists);
    }

    /// <summary>Several processes follow at once and in pieces; each list is counted once.</summary>
    [Fact]
    public async Task Follow_ByThreeReplicasAtOnce_CountsEachListOnce()
    {
        await Store.Impressions.AppendAsync([.. Enumerable.Range(0, 3_000).Select(number => new Impression(Guid.CreateVersion7(Monday), $"u{number % 50}", "home", null, 1, "c", Monday, ["a", "b"]))], Ct);
        await Store.AppendAsync([.. Enumerable.Range(0, 50).Select(number => Store.Interaction($"u{number}", "a", "click") with { OccurredAt = Monday.AddHours(1) })]);
        await using var one = Store.Replica();
        await using var other = Store.Replica();

        await Task.WhenAll(FollowAsync(), FollowAsync(one), FollowAsync(other));

        var all = await AllAsync();
        Assert.Equal((3_000, 50, 6_000, 50), (all.Lists, all.Viewers, all.Impressions, all.Clicks));
    }

    /// <summary>Anything in any order, followed now and then: the same as a plain count over all that is there, and as counting anew.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Follow_AnythingInAnyOrder_IsThePlainCount(int seed)
    {
        var random = new Random(seed);
        var lists = new List<Impression>();
        var deeds = new Dictionary<string, NewInteraction>(StringComparer.Ordinal);
        string[] kinds = ["click", "view", "purchase", "like", "add-to-cart"];
        for (var step = 0; step < 150; step++)
        {
            var at = Monday.AddMinutes(random.Next(14 * 24 * 60));
            if (random.Next(3) == 0)
            {
                var list = new Impression(
                    Guid.CreateVersion7(at), $"u{random.Next(4)}", random.Next(2) == 0 ? "home" : "basket", random.Next(2) == 0 ? null : "e/a", random.Next(3) == 0 ? null : 2, "c", at,
                    [.. Enumerable.Range(0, 6).OrderBy(_ => random.Next()).Take(1 + random.Next(4)).Select(item => $"i{item}")]);
                lists.Add(list with { Sources = [.. list.ItemIds.Select(_ => random.Next(2) == 0 ? "x" : "y")] });
                await Store.Impressions.AppendAsync([lists[^1]], Ct);
            }
            else if (random.Next(8) == 0 && deeds.Count > 0)
            {
                var id = deeds.Keys.ElementAt(random.Next(deeds.Count));
                await Store.Corrections.DeleteAsync(id, Ct);
                deeds.Remove(id);
            }
            else
            {
                var deed = Store.Interaction($"u{random.Next(4)}", $"i{random.Next(6)}", kinds[random.Next(kinds.Length)], id: $"d{step}") with
                {
                    OccurredAt = at,
                    OrderId = random.Next(2) == 0 ? $"o{random.Next(5)}" : null,
                    Quantity = random.Next(2) == 0 ? random.Next(1, 4) : null,
                    UnitPrice = random.Next(2) == 0 ? random.Next(1, 1000) / 100m : null,
                    RecommendationId = random.Next(2) == 0 && lists.Count > 0 ? lists[random.Next(lists.Count)].RecommendationId : null,
                };
                deeds.Add(deed.Id!, deed);
                await Store.AppendAsync(deed);
            }

            if (random.Next(10) == 0)
                await FollowAsync();
        }

        await FollowAsync();
        FigureDimension[] all = [FigureDimension.Day, FigureDimension.Placement, FigureDimension.Source, FigureDimension.ModelVersion, FigureDimension.Variant, FigureDimension.Position];
        var followed = (await TableAsync(all), await TableAsync(FigureDimension.Placement, FigureDimension.Day), await TableAsync());

        Assert.Equal(PlainCount(lists, deeds.Values), (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, all), Ct))
            .Select(row => $"{string.Join(' ', row.Key)}: {row.Impressions} {row.Clicks} {row.OrderLines} {row.Units} {row.Amount} {row.Likes}").Order(StringComparer.Ordinal));
        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        await FollowAsync();
        Assert.Equal(followed, (await TableAsync(all), await TableAsync(FigureDimension.Placement, FigureDimension.Day), await TableAsync()));
    }

    /// <summary>Once per user and shown item: not once more for saying it again, and again for another user, another list, and another position.</summary>
    [Fact]
    public async Task Follow_LikesThatAreRepeated_CountOncePerUserAndShownItem()
    {
        var first = await ShowAsync("ann", Monday, "home", "a", "b");
        await ActAsync("ann", "a", "like", Monday.AddHours(1), first);
        await ActAsync("ann", "a", "like", Monday.AddHours(2), first);
        await ActAsync("ann", "a", "like", Monday.AddHours(3));
        await ActAsync("ann", "b", "dislike", Monday.AddHours(1));
        await ActAsync("ann", "b", "dislike", Monday.AddHours(2));
        await FollowAsync();
        Assert.Equal((1, 1), ((await AllAsync()).Likes, (await AllAsync()).Dislikes));

        // Bob names her list, and she sees the item once more; the last like of hers belongs to that.
        await ActAsync("bob", "a", "like", Monday.AddHours(4), first);
        var second = await ShowAsync("ann", Monday.AddHours(5), "basket", "b", "a");
        await ActAsync("ann", "a", "like", Monday.AddHours(6), id: "last");
        await ActAsync("ann", "b", "like", Monday.AddHours(6), second);
        await FollowAsync();
        Assert.Equal((4, 1), ((await AllAsync()).Likes, (await AllAsync()).Dislikes));
        Assert.Equal(["basket 2", "home 2"], (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Placement]), Ct)).Select(row => $"{row.Key[0]} {row.Likes}").Order(StringComparer.Ordinal));
        await Store.Corrections.DeleteAsync("last", Ct);
        await FollowAsync();
        Assert.Equal(3, (await AllAsync()).Likes);
    }

    /// <summary>What names a list before the list is stored belongs to it once it is, whoever was shown it: as a count from nothing would have it.</summary>
    [Theory]
    [InlineData("ann")]
    [InlineData("bob")]
    [InlineData("")]
    public async Task Follow_ADeedThatNamesAListBeforeItIsHere_IsAsARebuildHasIt(string shownTo)
    {
        var id = Guid.CreateVersion7(Store.Clock.GetUtcNow());
        await ShowAsync("ann", Monday, "basket", "x");
        // Bob's clock is behind: he acts before he, or anybody, is shown the list.
        await ActAsync("bob", "a", "view", Store.Clock.GetUtcNow().AddMinutes(-10), id, id: "v");
        await ActAsync("bob", "a", "purchase", Store.Clock.GetUtcNow().AddMinutes(-9), id, price: 2m);
        await FollowAsync();
        Assert.Equal((0, 0), ((await AllAsync()).Clicks, (await AllAsync()).OrderLines));
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM attribution_waiting"));
        // A following in between does not forget him.
        await ActAsync("bob", "z", "view", Store.Clock.GetUtcNow());
        await FollowAsync();

        await Store.Impressions.AppendAsync([new Impression(id, shownTo, "home", null, 3, "c", Store.Clock.GetUtcNow(), ["a"])], Ct);
        await FollowAsync();

        var followed = await TableAsync(FigureDimension.Placement, FigureDimension.Position);
        Assert.Equal((1, 1), ((await AllAsync()).Clicks, (await AllAsync()).OrderLines));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM attribution_waiting"));
        await Store.Figures.ForgetAsync(DateTimeOffset.UnixEpoch, Ct);
        await FollowAsync();
        Assert.Equal(followed, await TableAsync(FigureDimension.Placement, FigureDimension.Position));
    }

    /// <summary>Ids that no list has are forgotten after the window, with the user who names them, and when they name them no more.</summary>
    [Fact]
    public async Task Follow_NamesOfNoList_AreForgotten()
    {
        Task<long> WaitingAsync() => CountAsync("SELECT count(*) FROM attribution_waiting");
        foreach (var user in new[] { "ann", "bob", "cat", "visitor" })
            await ActAsync(user, "a", "click", Monday, Guid.NewGuid(), id: $"c {user}");
        await ActAsync("ann", "b", "click", Monday, Guid.NewGuid());
        await FollowAsync();
        Assert.Equal(5, await WaitingAsync());

        await Store.EraseUserAsync("ann", Ct);
        Assert.Equal(3, await WaitingAsync());
        await Store.Corrections.DeleteAsync("c bob", Ct);
        await FollowAsync();
        Assert.Equal(2, await WaitingAsync());
        await Store.Merges.MergeAsync("visitor", "cat", (own, more) => own ?? more, Ct);
        await FollowAsync();
        Assert.Equal((2, 1), (await WaitingAsync(), await CountAsync("SELECT count(DISTINCT user_key) FROM attribution_waiting")));

        Store.Clock.Advance(TimeSpan.FromDays(6));
        await FollowAsync();
        Assert.Equal(2, await WaitingAsync());
        Store.Clock.Advance(TimeSpan.FromDays(2));
        await FollowAsync();
        Assert.Equal(0, await WaitingAsync());
    }

    /// <summary>The list was shown to nobody known, and the deed that is gone names it no more.</summary>
    [Fact]
    public async Task Follow_ADeedOfAnotherList_TakenBack_CountsNoMore()
    {
        var nobody = await ShowAsync(Impression.NoUser, Monday, "home", "a");
        await ActAsync("bob", "a", "click", Monday.AddHours(1), nobody, id: "c");
        await FollowAsync();
        Assert.Equal(1, (await AllAsync()).Clicks);
        await Store.Corrections.DeleteAsync("c", Ct);
        await FollowAsync();
        Assert.Equal(0, (await AllAsync()).Clicks);
    }

    /// <summary>Whichever of the two is left out, and whether the user is let in again.</summary>
    [Theory]
    [InlineData("bot", "ann")]
    [InlineData("ann", "bot")]
    public async Task Merge_OfWhoIsLeftOut_CountsEachListOnceOrNotAtAll(string from, string to)
    {
        await ShowAsync("bot", Monday, "home", "a", "b");
        await ShowAsync("ann", Monday, "home", "a");
        await ActAsync("ann", "a", "like", Monday.AddDays(1));
        for (var number = 0; number < 6; number++)
            await ActAsync("bot", "a", "click", Monday.AddHours(1 + number), id: $"c{number}");
        await FollowAsync(most: 5);
        await ShownAsync(1);

        await Store.Merges.MergeAsync(from, to, (own, more) => own ?? more, Ct);
        await FollowAsync(most: 5);
        Assert.Equal([(to, 6L)], await Store.Figures.InhumanUsersAsync(10, Ct));
        await ShownAsync(0);
        await Store.Corrections.DeleteAsync("c5", Ct);
        await FollowAsync(most: 5);
        Assert.Empty(await Store.Figures.InhumanUsersAsync(10, Ct));
        await ShownAsync(3);

        async Task ShownAsync(long items) => Assert.Equal(
            (items, items),
            ((await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, []), Ct)).Sum(row => row.Impressions), (await Store.Figures.ReadAsync(new FigureQuery(0, AllDays, [FigureDimension.Source]), Ct)).Sum(row => row.Impressions)));
    }

    private List<string> PlainCount(List<Impression> lists, IEnumerable<NewInteraction> deeds)
    {
        var cells = new Dictionary<string, (long Shown, HashSet<Guid> Clicked, long Lines, double Units, long Amount, HashSet<(Guid, string)> Likes)>(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            for (var position = 0; position < list.ItemIds.Count; position++)
            {
                var cell = cells.GetValueOrDefault(CellOf(list, position), (0, [], 0, 0, 0, []));
                cells[CellOf(list, position)] = cell with { Shown = cell.Shown + 1 };
            }
        }

        foreach (var deed in deeds)
        {
            var kind = Store.Kinds[deed.KindIndex].Name;
            var named = lists.Find(list => list.RecommendationId == deed.RecommendationId && list.ItemIds.Contains(deed.ItemId));
            var touched = kind == "view" ? null : lists.Where(list => list.UserId == deed.UserId && list.ItemIds.Contains(deed.ItemId) && list.OccurredAt <= deed.OccurredAt && deed.OccurredAt - list.OccurredAt <= TimeSpan.FromDays(7)).MaxBy(list => list.OccurredAt);
            if ((named ?? touched) is not { } owner || kind == "add-to-cart")
                continue;
            var key = CellOf(owner, owner.ItemIds.ToList().IndexOf(deed.ItemId));
            var cell = cells[key];
            if (kind is "click" or "view")
                cell.Clicked.Add(owner.RecommendationId);
            if (kind == "purchase")
                cell = cell with { Lines = cell.Lines + 1, Units = cell.Units + (deed.Quantity ?? 1), Amount = cell.Amount + (long)((decimal)(deed.Quantity ?? 1) * (deed.UnitPrice ?? 0) * 10_000) };
            if (kind == "like")
                cell.Likes.Add((owner.RecommendationId, deed.UserId));
            cells[key] = cell;
        }

        return [.. cells.Select(cell => $"{cell.Key}: {cell.Value.Shown} {cell.Value.Clicked.Count} {cell.Value.Lines} {cell.Value.Units} {cell.Value.Amount} {cell.Value.Likes.Count}").Order(StringComparer.Ordinal)];

        static string CellOf(Impression list, int position) =>
            $"{DayOf(list.OccurredAt)} {list.Placement} {list.Sources[position]} {list.ModelVersion ?? 0} {list.Variant} {position + 1}";
    }
}

public sealed class SqliteRecommendationFiguresTests() : RecommendationFiguresContract(StorageProvider.Sqlite);

public sealed class PostgresRecommendationFiguresTests() : RecommendationFiguresContract(StorageProvider.Postgres);
