using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending;

public sealed class LiveHistoryTests
{
    private const int Unbounded = int.MaxValue;

    private static readonly float ViewWeight = InteractionKinds.Default[Datasets.View].Weight;
    private static readonly float PurchaseWeight = InteractionKinds.Default[Datasets.Purchase].Weight;

    [Fact]
    public void Add_BetweenTwoKnownItems_StandsInItsPlace()
    {
        var history = Of((1, 10, Datasets.View, 0, 5), (1, 30, Datasets.View, 0, 6), (2, 20, Datasets.View, 0, 1));

        Add(history, new LiveInteraction(1, Datasets.Purchase, 0, 9));

        Assert.Equal([0, 1, 2], history[0].Items);
        Assert.Equal([ViewWeight, PurchaseWeight, ViewWeight], history[0].Weights);
        Assert.Equal([5L, 9, 6], history[0].Times);
        Assert.All(history[0].Ratings.ToArray(), rating => Assert.True(float.IsNaN(rating)));
    }

    [Fact]
    public void Add_SameTwice_CountsOnce()
    {
        var history = Of((1, 10, Datasets.View, 0, 5));
        var interaction = new LiveInteraction(0, Datasets.View, 0, 9);

        Add(history, interaction);
        Add(history, interaction, interaction);

        Assert.Equal([2 * ViewWeight], history[0].Weights);
        Assert.Equal(1, history.AddedCount);
    }

    [Fact]
    public void Add_WhatTheStateWasBuiltFrom_ChangesNothing()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5), (1, 11, Datasets.Rating, 3, 6), (1, 12, Datasets.View, 0, 6));

        Assert.Empty(Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 5), new LiveInteraction(1, Datasets.Rating, 3, 6), new LiveInteraction(2, Datasets.View, 0, 6)));

        Assert.Equal([PurchaseWeight, 3, ViewWeight], history[0].Weights);
        Assert.Equal(0, history.AddedCount);
    }

    [Fact]
    public void Add_LateButNotYetKnown_Counts()
    {
        // It happened before what the state was built from, and the store has it only now.
        var history = Of((1, 10, Datasets.View, 0, 5), (1, 10, Datasets.View, 0, 8));

        Add(history, new LiveInteraction(0, Datasets.View, 0, 6));

        Assert.Equal([3 * ViewWeight], history[0].Weights);
        Assert.Equal([8L], history[0].Times);
    }

    [Fact]
    public void Add_PurchaseOfSomethingViewed_IsConsumedOnce()
    {
        var history = Of((1, 10, Datasets.View, 0, 5));

        Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 6));
        Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 7));

        Assert.Equal([0], history.ContextOf(0).Consumed);
    }

    [Fact]
    public void Add_UserTurnsForOrAgainstAnItem_IsToldOnce()
    {
        var history = Of((1, 10, Datasets.View, 0, 5));

        Assert.Empty(Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 6)));
        Assert.Equal([(3, 1)], Add(history, new LiveInteraction(3, Datasets.Purchase, 0, 6), new LiveInteraction(3, Datasets.Purchase, 0, 7)));
        Assert.Empty(Add(history, new LiveInteraction(3, Datasets.Purchase, 0, 8)));
        Assert.Equal([(4, 1)], Add(history, new LiveInteraction(4, Datasets.View, 0, 6)));
        Assert.Equal([(4, -1)], Add(history, new LiveInteraction(4, Datasets.Dislike, 0, 7)));
        Assert.Empty(Add(history, new LiveInteraction(5, Datasets.Dislike, 0, 7)));
    }

    [Fact]
    public void Add_NewRating_TakesThePlaceOfTheOld()
    {
        // A rating weighs 5 x value / 5, so 2 and then 4.
        var history = Of((1, 10, Datasets.Rating, 2, 5));
        Assert.Equal([2f], history[0].Weights);

        Add(history, new LiveInteraction(0, Datasets.Rating, 4, 6));

        Assert.Equal([4f], history[0].Weights);
        Assert.Equal([4f], history[0].Ratings);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Add_RatingOlderThanTheKnownOne_ChangesNothing(long time)
    {
        var history = Of((1, 10, Datasets.Rating, 2, 5), (1, 10, Datasets.View, 0, 9));
        Add(history, new LiveInteraction(0, Datasets.Rating, 4, 8));

        Add(history, new LiveInteraction(0, Datasets.Rating, 1, time));

        Assert.Equal([4 + ViewWeight], history[0].Weights);
        Assert.Equal([4f], history[0].Ratings);
    }

    [Fact]
    public void Add_NewRatingWhereWeightsFade_TakesAwayWhatIsLeftOfTheOld()
    {
        var kinds = new InteractionKinds([new("view", 1, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)], halfLifeDays: 1);
        var builder = new InteractionDatasetBuilder(kinds);
        builder.Add(1, 10, kinds.RatingIndex, 5, 0);
        builder.Add(1, 11, 0, 0, 2 * TimeSpan.MillisecondsPerDay);
        var history = new LiveHistory(builder.Build(), Unbounded);
        Assert.Equal(1.25f, history[0].Weights[0]);

        Add(history, new LiveInteraction(0, kinds.RatingIndex, 3, 2 * TimeSpan.MillisecondsPerDay));

        Assert.Equal(3f, history[0].Weights[0]);
    }

    [Fact]
    public void History_ReadBeforeAWrite_StaysAsItWas()
    {
        var history = Of((1, 10, Datasets.View, 0, 5));
        Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 6));
        var before = history[0];
        var consumedBefore = history.ContextOf(0).Consumed;

        Add(history, new LiveInteraction(7, Datasets.Purchase, 0, 7));

        Assert.Equal([0], before.Items);
        Assert.Equal([0], consumedBefore);
        Assert.Equal([0, 7], history[0].Items);
        Assert.Equal([0, 7], history.ContextOf(0).Consumed);
    }

    [Fact]
    public void Erase_KnownUser_LeavesNothingAndTakesInNothing()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5));
        var supporters = new List<(int Item, int Change)>();
        Add(history, new LiveInteraction(7, Datasets.Purchase, 0, 6));

        history.Erase(0, supporters);
        history.Erase(0, supporters);
        Assert.Equal([(0, -1), (7, -1)], supporters.Order());
        // A write that was on its way.
        Add(history, new LiveInteraction(3, Datasets.Purchase, 0, 9));

        Assert.Equal(0, history[0].Items.Length);
        Assert.Empty(history.ContextOf(0).Consumed.ToArray());
    }

    private static LiveHistory Of(params (int User, int Item, byte Kind, float Value, long Time)[] interactions) => new(Datasets.Of(interactions), Unbounded);

    private static List<(int Item, int Change)> Add(LiveHistory history, params LiveInteraction[] batch)
    {
        var supporters = new List<(int Item, int Change)>();
        history.Add(0, batch, supporters);
        return supporters;
    }
}
