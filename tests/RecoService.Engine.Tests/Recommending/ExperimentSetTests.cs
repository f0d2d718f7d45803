using RecoService.Engine.Experiments;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>How experiments change a list: over four items that came one a day, of which item 0 has the most users and item 3 is the newest.</summary>
public sealed class ExperimentSetTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    private static readonly ExperimentVariant Control = new("control", 1);
    private static readonly ExperimentVariant Newest = new("new", 1) { Change = placement => placement with { Sources = [PlacementSource.NewArrivals] } };

    [Fact]
    public void Assign_NoExperiments_LeavesTheQueryAsItIs()
    {
        var query = new RecommendationQuery(3) { UserId = "a" };

        Assert.Same(query, Shop().Assign(query, ExperimentSet.None));
        Assert.Same(query, Shop().Assign(query, new ExperimentSet([new PlacementExperiment("e", "own e", 0, 1, [Control, Newest]) { Placements = ["popular"] }])));
    }

    /// <summary>Whoever asks for a list that no experiment and no rule is about pays nothing for them.</summary>
    [Fact]
    public void Recommend_OfAPlacementThatNothingIsAbout_AllocatesNoMore()
    {
        var state = Shop();
        var experiments = new ExperimentSet([new PlacementExperiment("e", "own e", 0, 1, [Control, Newest]) { Placements = ["popular", "trending"] }]);
        var rules = new RuleSet([new MerchandisingRule("r", 1, "price > 1", new BoostAction(2)) { Placements = ["popular", "trending"] }]);

        var (plain, beside) = (Allocated(ExperimentSet.None, RuleSet.None), Allocated(experiments, rules));

        Assert.Equal(plain, beside);

        long Allocated(ExperimentSet set, RuleSet acting)
        {
            var query = new RecommendationQuery(3) { UserId = "a", Rules = acting };
            state.Recommend(state.Assign(query, set));
            var before = GC.GetAllocatedBytesForCurrentThread();
            state.Recommend(state.Assign(query, set));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Recommend_Assigned_IsAsTheVariantHasItAndTheSameAtEveryVisit()
    {
        var (state, other, experiments) = (Shop(), Shop(), new ExperimentSet([Of("e", Control, Newest)]));

        foreach (var number in Enumerable.Range(0, 40))
        {
            var query = state.Assign(new RecommendationQuery(4) { UserId = $"visitor {number}", Now = 9 * Day }, experiments);
            var placement = state.PlacementOf(query);
            Assert.Equal(placement.Variant == "e/new" ? [3, 2, 1, 0] : [0, 1, 2, 3], state.Recommend(query).Select(candidate => candidate.ItemIndex));
            Assert.Same(placement, other.PlacementOf(other.Assign(new RecommendationQuery(4) { UserId = $"visitor {number}", Now = 9 * Day }, experiments)));
        }
    }

    /// <summary>Without the model of one variant nobody takes part, of those of the other variant neither; other experiments go on.</summary>
    [Fact]
    public void Assign_AVariantOfAModelThatIsNotServed_HasNoUsers()
    {
        var experiments = new ExperimentSet([new PlacementExperiment("e", "own e", 0, 1, [Control, Newest]) { ModelVersions = [3] }, Of("f", Control)]);

        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal("f/control", Shop().Assign(new RecommendationQuery(4) { UserId = $"visitor {number}" }, experiments).Assigned!.Placement.Variant));
    }

    /// <summary>The user goes on with what the visitor saw; their own id counts again when the record says so, or when they are somebody new.</summary>
    [Fact]
    public void Assign_AUserMergedWithAVisitor_IsAsTheVisitorWas()
    {
        var (state, experiment) = (Shop(), Of("e", Control, Newest));
        var ids = Enumerable.Range(0, 40).Select(number => $"visitor {number}").ToList();
        var (seesNew, seesUsual) = (ids.Find(id => experiment.VariantOf(id)!.Name == "new")!, ids.Find(id => experiment.VariantOf(id)!.Name == "control")!);
        state.Apply(new ServedUser(900, seesUsual, 2, []));
        Assert.Equal("e/control", Label());

        state.Apply(new ServedUser(900, seesUsual, 3, []) { AssignmentId = seesNew });
        Assert.Equal("e/new", Label());
        state.Apply(new ServedUser(900, seesUsual, 2, []));
        Assert.Equal("e/new", Label());
        state.Apply(new ServedUser(900, seesUsual, 4, []));
        Assert.Equal("e/control", Label());

        state.Apply(new ServedUser(900, seesUsual, 5, []) { AssignmentId = seesNew });
        state.EraseUser(900);
        state.Apply(new ServedUser(901, seesUsual, 0, []));
        Assert.Equal("e/control", Label());

        string? Label() => state.PlacementOf(state.Assign(new RecommendationQuery(4) { UserId = seesUsual }, new ExperimentSet([experiment]))).Variant;
    }

    [Fact]
    public void Assign_Shares_AreThoseOfTheUsers()
    {
        var experiment = Of("e", Control with { Share = 3 }, Newest with { Share = 1 }, new ExperimentVariant("third", 4));

        var counts = Enumerable.Range(0, 8_000).GroupBy(number => experiment.VariantOf($"user {number}")!.Name).ToDictionary(group => group.Key, group => group.Count());

        // Six standard deviations of a binomial share.
        Assert.InRange(counts["control"], 3_000 - 260, 3_000 + 260);
        Assert.InRange(counts["new"], 1_000 - 180, 1_000 + 180);
        Assert.InRange(counts["third"], 4_000 - 270, 4_000 + 270);
    }

    /// <summary>Whoever has one variant of the first has either of the second as often.</summary>
    [Fact]
    public void Assign_ExperimentsOfDifferentLayers_AreIndependent()
    {
        var (one, other) = (Of("one", Control, Newest), Of("other", Control, Newest));

        var both = Enumerable.Range(0, 8_000).Select(number => $"user {number}").Count(user => one.VariantOf(user)!.Name == "new" && other.VariantOf(user)!.Name == "new");

        Assert.InRange(both, 2_000 - 240, 2_000 + 240);
    }

    [Fact]
    public void Assign_Traffic_LeavesTheOthersOut()
    {
        var (first, second) = (new PlacementExperiment("a", "layer", 0, 0.25, [Control, Newest]), new PlacementExperiment("b", "layer", 0.25, 0.5, [Control, Newest]));
        var users = Enumerable.Range(0, 8_000).Select(number => $"user {number}").ToList();

        Assert.InRange(users.Count(user => first.VariantOf(user) is not null), 2_000 - 240, 2_000 + 240);
        Assert.DoesNotContain(users, user => first.VariantOf(user) is not null && second.VariantOf(user) is not null);
        Assert.Null(first.VariantOf(null));
    }

    [Fact]
    public void Assign_SeveralExperiments_LaysOneChangeOverTheOther()
    {
        var state = Shop();
        var diverse = new ExperimentVariant("diverse", 1) { Change = placement => placement with { Order = placement.Order with { Diversity = placement.Order.Diversity + 0.5 } }, WithoutRules = ["r"] };
        var all = new ExperimentSet([Of("z", diverse, diverse with { Name = "same" }), Of("a", Newest, Newest with { Name = "same" }), new PlacementExperiment("d", diverse)]);

        var assigned = state.Assign(new RecommendationQuery(4) { UserId = "u" }, all).Assigned!;

        Assert.Equal(1, assigned.Placement.Order.Diversity);
        Assert.Equal([PlacementSource.NewArrivals], assigned.Placement.Sources);
        Assert.Equal(["r"], assigned.WithoutRules);
        // A decided experiment is no variant any more; the others stand by id.
        Assert.Matches("^a/(new|same),z/(diverse|same)$", assigned.Placement.Variant!);
    }

    [Fact]
    public void Assign_DecidedExperiment_IsForEverybodyAndTheLaterOneCounts()
    {
        var state = Shop();
        var popular = new ExperimentVariant("popular", 1) { Change = placement => placement with { Sources = [PlacementSource.Popular] } };

        var query = state.Assign(new RecommendationQuery(4) { Events = [], Now = 9 * Day }, new ExperimentSet([new("a", Newest)]));
        var later = state.Assign(new RecommendationQuery(4) { Events = [], Now = 9 * Day }, new ExperimentSet([new("a", Newest), new("b", popular)]));

        Assert.Null(state.PlacementOf(query).Variant);
        Assert.Equal([3, 2, 1, 0], state.Recommend(query).Select(candidate => candidate.ItemIndex));
        Assert.Equal([0, 1, 2, 3], state.Recommend(later).Select(candidate => candidate.ItemIndex));
    }

    [Fact]
    public void Recommend_WithoutARule_DoesWhatTheOtherRulesSay()
    {
        var state = Shop();
        var rules = new RuleSet([new MerchandisingRule("up", 1, "itemId = \"i2\"", new PinAction(1)), new MerchandisingRule("out", 2, "itemId = \"i1\"", new ExcludeAction())]);
        var query = new RecommendationQuery(4) { UserId = "u", Rules = rules, Now = 9 * Day };
        var without = new ExperimentVariant("without", 1) { WithoutRules = ["up"] };

        Assert.Equal([2, 0, 3], state.Recommend(query).Select(candidate => candidate.ItemIndex));
        Assert.Equal([0, 2, 3], state.Recommend(state.Assign(query, new ExperimentSet([Of("e", without, without with { Name = "same" })]))).Select(candidate => candidate.ItemIndex));
    }

    /// <summary>The rest of a list that popular items fill up is as the shop has it, and without the same rules.</summary>
    [Fact]
    public void RecommendFilled_OfAVariantThatIsShort_FillsUpAsTheVariantSays()
    {
        var state = Shop();
        var nothing = new ExperimentVariant("nothing", 1) { Change = placement => placement with { Sources = [PlacementSource.BuyAgain], Fallback = ListFallback.Popular } };

        var filled = state.RecommendFilled(state.Assign(new RecommendationQuery(3) { UserId = "u", Now = 9 * Day }, new ExperimentSet([Of("e", nothing, nothing with { Name = "same" })])));

        Assert.Equal(ListFallback.Popular, filled.Used);
        Assert.Equal([0, 1, 2], filled.Items.Select(candidate => candidate.ItemIndex));
    }

    /// <summary>Each takes its best item that is not in the list yet, and a coin says who begins: item 0 and 1 are the first's, 3 and 2 the second's.</summary>
    [Fact]
    public void Recommend_Interleaved_DrawsFromBothByTurns()
    {
        var (state, experiments) = (Shop(), new ExperimentSet([Interleaved("e")]));
        var query = state.Assign(new RecommendationQuery(4) { UserId = "u", Now = 9 * Day }, experiments);
        Assert.Equal("e/interleaved", state.PlacementOf(query).Variant);

        var lists = Enumerable.Range(0, 64).Select(seed => state.Recommend(query with { ExplorationSeed = seed })).ToList();

        foreach (var list in lists)
        {
            Assert.Equal([0, 1, 2, 3], list.Select(candidate => candidate.ItemIndex).Order());
            Assert.Equal((Team.First, 0), (list.First(candidate => candidate.Team == Team.First).Team!.Value, list.First(candidate => candidate.Team == Team.First).ItemIndex));
            Assert.Equal(3, list.First(candidate => candidate.Team == Team.Second).ItemIndex);
            // In each round of two either has one.
            Assert.NotEqual(list[0].Team, list[1].Team);
            Assert.NotEqual(list[2].Team, list[3].Team);
        }

        Assert.InRange(lists.Count(list => list[0].Team == Team.First), 16, 48);
        Assert.Equal(lists[5], state.Recommend(query with { ExplorationSeed = 5 }));
    }

    /// <summary>A list is of two variants at most; a split experiment beside changes both, and who is in none has no teams.</summary>
    [Fact]
    public void Assign_InterleavedBesideOthers_ChangesBothHalvesAndInterleavesOnce()
    {
        var state = Shop();
        var filtered = new ExperimentVariant("filtered", 1) { Change = placement => placement with { Filter = "itemId != \"i0\"" } };
        var query = state.Assign(new RecommendationQuery(4) { UserId = "u", Now = 9 * Day }, new ExperimentSet([Interleaved("e"), Interleaved("f"), Of("z", filtered, filtered with { Name = "same" })]));

        Assert.Matches("^e/interleaved,z/(filtered|same)$", query.Assigned!.Placement.Variant!);
        Assert.Equal(("control", "new"), (query.Assigned.Interleaving!.NameOf(Team.First), query.Assigned.Interleaving.NameOf(Team.Second)));
        Assert.Equal([1, 2, 3], state.Recommend(query).Select(candidate => candidate.ItemIndex).Order());
        Assert.All(state.Recommend(new RecommendationQuery(4) { UserId = "u" }), candidate => Assert.Null(candidate.Team));
        Assert.Null(state.Assign(new RecommendationQuery(4) { Events = [] }, new ExperimentSet([Interleaved("e")])).Assigned);
    }

    /// <summary>The user sees the first variant, with what other experiments change; the second is made beside it, with the same changes.</summary>
    [Fact]
    public void RecommendShadow_OfASecondVariant_LeavesWhatIsShownAsItIs()
    {
        var state = Shop();
        var filtered = new ExperimentVariant("filtered", 1) { Change = placement => placement with { Filter = "itemId != \"i0\"" } };
        var shadow = new PlacementExperiment("s", "own s", 0, 1, [Control, Newest]) { IsShadow = true };
        var query = state.Assign(new RecommendationQuery(4) { UserId = "u", Now = 9 * Day }, new ExperimentSet([shadow]));

        Assert.Equal("s/shadow", state.PlacementOf(query).Variant);
        Assert.Equal([0, 1, 2, 3], state.Recommend(query).Select(candidate => candidate.ItemIndex));
        Assert.Equal([3, 2, 1, 0], state.RecommendShadow(query).Select(candidate => candidate.ItemIndex));
        Assert.Empty(state.RecommendShadow(new RecommendationQuery(4) { UserId = "u" }));

        var both = state.Assign(new RecommendationQuery(4) { UserId = "u", Now = 9 * Day }, new ExperimentSet([shadow, new PlacementExperiment("t", "own t", 0, 1, [Newest, Control]) { IsShadow = true }, Of("z", filtered, filtered with { Name = "same" })]));
        Assert.Matches("^s/shadow,z/(filtered|same)$", state.PlacementOf(both).Variant!);
        Assert.Equal([1, 2, 3], state.Recommend(both).Select(candidate => candidate.ItemIndex));
        Assert.Equal([3, 2, 1], state.RecommendShadow(both).Select(candidate => candidate.ItemIndex));
    }

    /// <summary>What fills a list up is nobody's.</summary>
    [Fact]
    public void RecommendFilled_InterleavedAndShort_FillsUpForNeither()
    {
        var state = Shop();
        var nothing = new ExperimentVariant("nothing", 1) { Change = placement => placement with { Sources = [PlacementSource.BuyAgain], Fallback = ListFallback.Popular } };
        var newest = Newest with { Change = placement => placement with { Sources = [PlacementSource.NewArrivals], Filter = "itemId = \"i3\"" } };

        var filled = state.RecommendFilled(state.Assign(
            new RecommendationQuery(3) { UserId = "u", Now = 9 * Day }, new ExperimentSet([new PlacementExperiment("e", "own e", 0, 1, [nothing, newest]) { IsInterleaved = true }])));

        Assert.Equal([(3, Team.Second), (0, null), (1, null)], filled.Items.Select(candidate => (candidate.ItemIndex, candidate.Team)));
    }

    private static PlacementExperiment Interleaved(string id) => new(id, $"own {id}", 0, 1, [Control, Newest]) { IsInterleaved = true };

    private static PlacementExperiment Of(string id, params ExperimentVariant[] variants) => new(id, $"own {id}", 0, 1, variants);

    private static ServingState Shop()
    {
        var histories = Datasets.Of([.. Enumerable.Range(0, 4).SelectMany(item => Enumerable.Range(0, 4 - item).Select(user => (user + 1, item, Datasets.View, 0f, Day)))]);
        return new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of([.. Enumerable.Range(0, 4).Select(key => new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1, AddedAt = key * Day }))]), histories, new ServingOptions());
    }
}
