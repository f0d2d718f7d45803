using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>What a merchant wants of lists, over ten items of which item 0 has ten users and item 9 one; items 0, 3, 6 and 9 are of brand A, 1, 4 and 7 of B, the others of C.</summary>
public sealed class MerchandisingRulesTests
{
    private const long Now = 1_000_000;

    private static readonly ServingState State = Shop();

    [Fact]
    public void Exclude_WhatTheRuleSays_IsInNoListOfItsPlacements()
    {
        var rule = Rule("brand = \"A\"", new ExcludeAction()) with { Placements = ["popular"] };

        Assert.Equal([1, 2, 4, 5, 7, 8], Show([rule]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Show([rule], placement: "home"));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Show([rule with { IsEnabled = false }]));
        Assert.Empty(Show([rule, Rule("brand != \"A\"", new ExcludeAction())]));
        // A placement orders what it is given, whatever the merchant thinks of it.
        Assert.Equal([0, 1, 3], Rank([rule with { Placements = [] }], "i3", "i1", "i0"));
    }

    [Fact]
    public void Boost_MovesUpByItsFactorAndBuryDown()
    {
        // Values fall from 1.1 by a ninth: item 3 has 0.1 + 6/9, twice that is more than item 0 has.
        Assert.Equal([3, 0, 1], Show([Rule("itemId = \"i3\"", new BoostAction(2))], limit: 10)[..3]);
        Assert.Equal([0, 1, 3], Show([Rule("itemId = \"i3\"", new BoostAction(1.25))], limit: 10)[..3]);
        Assert.Equal([1, 2, 0], Show([Rule("itemId = \"i0\"", new BoostAction(0.7))], limit: 10)[..3]);
        // Factors multiply, and cancel.
        Assert.Equal([0, 1, 2, 3], Show([Rule("itemId = \"i3\"", new BoostAction(4), 1), Rule("brand = \"A\" and itemId = \"i3\"", new BoostAction(0.25), 2)], limit: 10)[..4]);
        Assert.Equal([3, 0, 1], Rank([Rule("itemId = \"i3\"", new BoostAction(9))], "i0", "i1", "i3"));
    }

    [Fact]
    public void Boost_OfAnItemBeyondTheList_BringsItIn()
    {
        Assert.Equal([9, 0], Show([Rule("itemId = \"i9\"", new BoostAction(100)), Rule("itemId != \"i9\"", new BoostAction(0.01))], limit: 2));
        Assert.Equal(8, State.Recommend(Query([Rule("itemId = \"i2\"", new BoostAction(2))], limit: 3)).Single(candidate => candidate.ItemIndex == 2).Score);
    }

    [Fact]
    public void Pin_TheBestOfTheItems_StandsAtItsPosition()
    {
        Assert.Equal([0, 1, 5, 2], Show([Rule("itemId = \"i5\"", new PinAction(3))], limit: 4));
        Assert.Equal([0, 1, 3, 2], Show([Rule("brand = \"A\" and itemId != \"i0\"", new PinAction(3))], limit: 4));
        // What is pinned below its own place leaves that place.
        Assert.Equal([1, 2, 3, 0], Show([Rule("itemId = \"i0\"", new PinAction(4))], limit: 4));
        Assert.Equal([0, 1, 2, 3], Show([Rule("itemId = \"i5\"", new PinAction(9))], limit: 4));
        Assert.Equal([0, 1, 2, 3], Show([Rule("itemId = \"nothing\"", new PinAction(1))], limit: 4));
        // Of two for one position the earlier revision has it.
        Assert.Equal([8, 9, 0], Show([Rule("itemId = \"i9\"", new PinAction(1), 7), Rule("itemId = \"i8\"", new PinAction(1), 5)], limit: 3));
        Assert.Equal([9], Show([Rule("itemId = \"i9\"", new PinAction(1), 5), Rule("itemId = \"i8\"", new PinAction(1), 7)], limit: 1));
        Assert.Equal([3, 0, 1], Rank([Rule("itemId = \"i3\"", new PinAction(1)), Rule("itemId = \"i8\"", new PinAction(2))], "i0", "i1", "i3"));
    }

    [Fact]
    public void Pin_OfAPlacementThatDoesNotKnowTheItem_IsFoundInTheCatalogue() =>
        Assert.Equal([6], Show([Rule("itemId = \"i6\"", new PinAction(1))], placement: "recently-viewed"));

    [Fact]
    public void Pin_OnALaterPage_StandsWhereTheWholeListHasIt()
    {
        MerchandisingRule[] rules = [Rule("itemId = \"i9\"", new PinAction(5))];
        string[] shown = ["i0", "i1", "i2"];

        Assert.Equal([0, 1, 2], Show(rules, limit: 3));
        Assert.Equal([3, 9, 4], State.Recommend(Query(rules, limit: 3) with { Shown = shown, Excluded = shown }).Select(candidate => candidate.ItemIndex));
    }

    [Fact]
    public void Limit_AtMostSoManyOfAValue_AndTheRestMakesRoom()
    {
        Assert.Equal([0, 1, 2], Show([Rule("price >= 0", new LimitAction("brand", 1))]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Show([Rule("price >= 0", new LimitAction("brand", 2))]));
        // Of brand A alone.
        Assert.Equal([0, 1, 2, 4, 5, 7], Show([Rule("brand = \"A\"", new LimitAction("brand", 1))], limit: 6));
        Assert.Equal([0, 1, 2, 3], Show([Rule("price >= 0", new LimitAction("category", 4))]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Show([Rule("price >= 0", new LimitAction("colour", 1))]));
    }

    [Fact]
    public void PinsBoostsLimitsAndExclusions_Together_CountInTheirOrder()
    {
        MerchandisingRule[] rules =
        [
            Rule("itemId = \"i1\"", new ExcludeAction(), 1), Rule("itemId in (\"i1\", \"i8\")", new PinAction(2), 2), Rule("itemId = \"i1\"", new BoostAction(50), 3),
            Rule("itemId = \"i5\"", new BoostAction(50), 4), Rule("price >= 0", new LimitAction("brand", 2), 5),
        ];

        // 5 is boosted to the front, 8 pinned to the second place, 1 nowhere; then two of A and two of B, and 2 as the second of C.
        Assert.Equal([5, 8, 0, 2, 3, 4, 7], Show(rules));
        // The shop decides, not the request; the request narrows it.
        Assert.Equal([0, 8, 3], Show(rules, filter: "price != 5", limit: 3, excluded: "i2"));
    }

    [Theory]
    [InlineData(999_999L, null, true)]
    [InlineData(1_000_000L, null, true)]
    [InlineData(1_000_001L, null, false)]
    [InlineData(null, 1_000_001L, true)]
    [InlineData(null, 1_000_000L, false)]
    [InlineData(1_000_000L, 1_000_001L, true)]
    public void FromUntil_TheFirstMomentCountsAndTheLastDoesNot(long? from, long? until, bool acts) =>
        Assert.Equal(acts ? [9] : [0], Show([Rule("itemId = \"i9\"", new PinAction(1)) with { From = from, Until = until }], limit: 1));

    [Fact]
    public void When_WhatHoldsOfTheRequest_Decides()
    {
        var onPhones = Rule("itemId = \"i9\"", new PinAction(1)) with { When = "context.device = \"phone\"" };
        var besideBrandB = Rule("itemId = \"i9\"", new PinAction(1)) with { When = "current.brand = \"B\"" };
        var cheaper = Rule("price >= current.price", new ExcludeAction());

        Assert.Equal([9], Show([onPhones], limit: 1, context: "phone"));
        Assert.Equal([0], Show([onPhones], limit: 1, context: "desktop"));
        Assert.Equal([0], Show([onPhones], limit: 1));
        Assert.Equal([9], Show([besideBrandB], limit: 1, itemId: "i4"));
        Assert.Equal([0], Show([besideBrandB], limit: 1, itemId: "i5"));
        Assert.Equal([0, 1, 2], Show([cheaper], itemId: "i3"));
        // An expression that names items cannot be asked of a request, and one of another type than the items have says nothing.
        Assert.Equal([0], Show([onPhones with { When = "price > 3" }], limit: 1));
        Assert.Equal([0], Show([Rule("brand > 5", new ExcludeAction())], limit: 1));
        Assert.Equal([0], Show([Rule("unheard-of = 5", new ExcludeAction())], limit: 1));
    }

    [Fact]
    public void Fallback_OfAShortList_DoesNotPinAgain()
    {
        MerchandisingRule[] rules = [Rule("itemId in (\"i8\", \"i9\")", new PinAction(1))];
        var (list, used) = State.RecommendFilled(Query(rules, "recently-viewed", limit: 3) with { Fallback = ListFallback.Popular });

        Assert.Equal((ListFallback.Popular, "8 0 1"), (used, string.Join(' ', list.Select(candidate => candidate.ItemIndex))));
    }

    [Fact]
    public void RecommendMany_WithRules_IsAsOneByOne()
    {
        var rules = new RuleSet([Rule("itemId = \"i9\"", new PinAction(2)), Rule("brand = \"B\"", new BoostAction(3)), Rule("itemId = \"i4\"", new ExcludeAction())]);
        int[] users = [.. Enumerable.Range(0, 10), -1];

        var lists = State.RecommendMany(users, 4, Now, rules);

        for (var position = 0; position < users.Length; position++)
        {
            var alone = State.Recommend(new RecommendationQuery(4) { UserId = users[position] < 0 ? null : State.Users[users[position]], Now = Now, Rules = rules });
            Assert.Equal(alone, lists[position]);
        }
    }

    private static MerchandisingRule Rule(string items, RuleAction action, long revision = 1) => new($"rule-{revision}", revision, items, action);

    private static RecommendationQuery Query(MerchandisingRule[] rules, string placement = "popular", int limit = 20) => new(limit) { Placement = placement, Now = Now, Rules = new RuleSet(rules) };

    private static List<int> Show(
        MerchandisingRule[] rules, string placement = "popular", int limit = 20, string? context = null, string? itemId = null, string? filter = null, params string[] excluded) =>
    [
        .. State.Recommend(Query(rules, placement, limit) with
        {
            ItemId = itemId,
            Filter = filter is null ? null : State.Filters.Get(filter).Filter,
            Excluded = excluded,
            Context = context is null ? null : new Dictionary<string, FilterValue>(StringComparer.Ordinal) { ["device"] = FilterValue.Of(context) },
        }).Select(candidate => candidate.ItemIndex),
    ];

    private static List<int> Rank(MerchandisingRule[] rules, params string[] itemIds) => [.. State.Recommend(Query(rules, "rank") with { ItemIds = itemIds }).Select(candidate => candidate.ItemIndex)];

    private static ServingState Shop()
    {
        const int items = 10;
        var histories = Datasets.Of([.. Enumerable.Range(0, items).SelectMany(item => Enumerable.Range(0, items - item).Select(user => (user, item, Datasets.View, 0f, 0L)))]);
        return new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of(Enumerable.Range(0, items).Select(key => new ServedItem(
                key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null)
                {
                    Revision = 1,
                    Price = key,
                    Categories = ["All"],
                    Attributes = [ItemAttribute.Of("brand", "ABC"[key % 3].ToString())],
                }))),
            histories, new ServingOptions());
    }
}
