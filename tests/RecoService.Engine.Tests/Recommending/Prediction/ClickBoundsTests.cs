using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Tests.Recommending.Prediction;

/// <summary>LinUCB at the second place of lists of two: what it shows to whom, in the simulated shop whose users click twice as much in their own category.</summary>
public sealed class ClickBoundsTests
{
    private const string Name = "curious";

    /// <summary>Any of the ten choices earns what a choice by chance does; the best bound earns half as much again, and most of it in the user's category.</summary>
    [Fact]
    public void Recommend_ByLinUcb_ShowsEachUserWhatTheyMayClick()
    {
        var shop = new SimulatedResponses();
        var state = State(shop, new ExplorationOptions { Policy = ExplorationPolicy.LinUcb, Share = 0.5, Epsilon = 0.01 });
        var chance = State(shop, new ExplorationOptions { Policy = ExplorationPolicy.EpsilonGreedy, Share = 0.5, Epsilon = 1 });
        shop.Live.Bounds = state.Responses.Learn(shop.Show(3_000), new ResponseOptions()).Bounds;

        var (drawn, byChance) = (Drawn(state), Drawn(chance));

        Assert.True(drawn.Average(TruthOf) > 1.5 * byChance.Average(TruthOf), FormattableString.Invariant($"{drawn.Average(TruthOf):0.000} and {byChance.Average(TruthOf):0.000}"));
        Assert.True(drawn.Count(pair => pair.User % 4 == pair.Item % 4) > 2 * byChance.Count(pair => pair.User % 4 == pair.Item % 4));
        Assert.Null(shop.Live.Current);
    }

    /// <summary>Nine choices: the best bound has 0.99 + 0.01 / 9, the others 0.01 / 9 each.</summary>
    [Fact]
    public void Recommend_ByLinUcb_KnowsThePropensityOfItsChoice()
    {
        var shop = new SimulatedResponses();
        var state = State(shop, new ExplorationOptions { Policy = ExplorationPolicy.LinUcb, Share = 0.5, Epsilon = 0.01 });
        shop.Live.Bounds = state.Responses.Learn(shop.Show(300), new ResponseOptions()).Bounds;

        var propensities = Enumerable.Range(0, 100).Select(seed => List(state, 3, seed)[1].Propensity).ToList();

        Assert.Equal(0.991111f, propensities[0], 1e-6f);
        Assert.All(propensities, propensity => Assert.True(Math.Abs(propensity - 0.991111f) < 1e-6f || Math.Abs(propensity - 0.001111f) < 1e-6f));
    }

    [Fact]
    public void Recommend_ByLinUcbBeforeAnythingIsLearned_ShowsTheBest()
    {
        var shop = new SimulatedResponses();
        var state = State(shop, new ExplorationOptions { Policy = ExplorationPolicy.LinUcb, Share = 0.5, Epsilon = 0.01 });
        var plain = State(shop, null);

        Assert.True(Enumerable.Range(0, 50).Count(user => List(state, user, user)[1].ItemIndex == List(plain, user, user)[1].ItemIndex) > 45);
        Assert.Null(state.Responses.Learn([], new ResponseOptions()).Bounds);
    }

    /// <summary>What is not known is hoped for: with a large alpha it shows what it knows the least of, and not what earns the most.</summary>
    [Fact]
    public void Recommend_ByLinUcbWithMoreHope_TriesMore()
    {
        var shop = new SimulatedResponses();
        var (sober, hopeful) = (State(shop, Hoping(0)), State(shop, Hoping(100)));
        shop.Live.Bounds = sober.Responses.Learn(shop.Show(1_000), new ResponseOptions()).Bounds;

        Assert.True(Drawn(sober).Average(TruthOf) > 1.2 * Drawn(hopeful).Average(TruthOf));

        static ExplorationOptions Hoping(double alpha) => new() { Policy = ExplorationPolicy.LinUcb, Share = 0.5, Epsilon = 0.01, Alpha = alpha };
    }

    private static double TruthOf((int User, int Item) pair) => SimulatedResponses.ClickProbability(pair.User, pair.Item, byPhone: false);

    private static ServingState State(SimulatedResponses shop, ExplorationOptions? exploration) =>
        shop.State([.. Placement.BuiltIn(0), new Placement(Name, PlacementSource.Popular) { ShowsConsumed = true, Order = new ListOrder { Exploration = exploration } }]);

    private static List<(int User, int Item)> Drawn(ServingState state) => [.. Enumerable.Range(0, SimulatedResponses.Users).Select(user => (user, List(state, user, user)[1].ItemIndex))];

    private static List<RecoService.Engine.Recommending.Retrieval.Candidate> List(ServingState state, int user, int seed) => state.Recommend(
        new RecommendationQuery(2) { Placement = Name, UserId = $"u{user}", Now = SimulatedResponses.Start + (60 * SimulatedResponses.Day), ExplorationSeed = seed, Context = SimulatedResponses.Context(byPhone: false) });
}
