using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Tests.Recommending;

public sealed class LiveHistoryTests
{
    private static readonly float ViewWeight = InteractionKinds.Default[Datasets.View].Weight;
    private static readonly float PurchaseWeight = InteractionKinds.Default[Datasets.Purchase].Weight;

    [Fact]
    public void Add_BetweenTwoKnownItems_StandsInItsPlace()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 5), (1, 30, Datasets.View, 0, 6), (2, 20, Datasets.View, 0, 1)));

        history.Add(0, new LiveInteraction(1, Datasets.Purchase, 0, 9));

        Assert.Equal([0, 1, 2], history[0].Items);
        Assert.Equal([ViewWeight, PurchaseWeight, ViewWeight], history[0].Weights);
        Assert.Equal([5L, 9, 6], history[0].Times);
        Assert.All(history[0].Ratings.ToArray(), rating => Assert.True(float.IsNaN(rating)));
    }

    [Fact]
    public void Add_SameTwice_CountsOnce()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 5)));
        var interaction = new LiveInteraction(0, Datasets.View, 0, 9);

        Assert.False(history.Add(0, interaction));
        Assert.False(history.Add(0, interaction));

        Assert.Equal([2 * ViewWeight], history[0].Weights);
    }

    [Fact]
    public void Add_WhatTheStateWasBuiltFrom_ChangesNothing()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.Purchase, 0, 5), (1, 11, Datasets.Rating, 3, 6)));

        Assert.False(history.Add(0, new LiveInteraction(0, Datasets.Purchase, 0, 5)));
        Assert.False(history.Add(0, new LiveInteraction(1, Datasets.Rating, 3, 6)));

        Assert.Equal([PurchaseWeight, 3], history[0].Weights);
    }

    [Fact]
    public void Add_PurchaseOfSomethingViewed_IsConsumedOnce()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 5)));

        Assert.True(history.Add(0, new LiveInteraction(0, Datasets.Purchase, 0, 6)));
        Assert.False(history.Add(0, new LiveInteraction(0, Datasets.Purchase, 0, 7)));

        Assert.Equal([0], history.ContextOf(0).Consumed);
    }

    [Fact]
    public void Add_NewRating_TakesThePlaceOfTheOld()
    {
        // A rating weighs 5 x value / 5, so 2 and then 4.
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.Rating, 2, 5)));
        Assert.Equal([2f], history[0].Weights);

        history.Add(0, new LiveInteraction(0, Datasets.Rating, 4, 6));

        Assert.Equal([4f], history[0].Weights);
        Assert.Equal([4f], history[0].Ratings);
    }

    [Fact]
    public void History_ReadBeforeAWrite_StaysAsItWas()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 5)));
        history.Add(0, new LiveInteraction(0, Datasets.View, 0, 6));
        var before = history[0];

        history.Add(0, new LiveInteraction(7, Datasets.View, 0, 7));

        Assert.Equal([0], before.Items);
        Assert.Equal([0, 7], history[0].Items);
    }

    [Fact]
    public void Erase_KnownUser_LeavesNothing()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.Purchase, 0, 5)));

        history.Erase(0);

        Assert.Equal(0, history[0].Items.Length);
        Assert.Empty(history.ContextOf(0).Consumed.ToArray());
    }
}
