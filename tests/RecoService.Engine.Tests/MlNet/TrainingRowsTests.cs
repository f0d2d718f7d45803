using RecoService.Engine.Data;
using RecoService.Engine.Training;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

public sealed class TrainingRowsTests
{
    [Fact]
    public void OfRatings_MixedKinds_TakesTheRatingsOnly()
    {
        var rows = TrainingRows.OfRatings(NamedKinds.Dataset((1, 10, "rating", 4), (1, 20, "view", 0), (2, 20, "rating", 2), (3, 30, "purchase", 0)));

        Assert.Equal([0u, 1u], rows.Users);
        Assert.Equal([0u, 1u], rows.Items);
        Assert.Equal([4f, 2f], rows.Labels);
        Assert.Equal([true, true, false], rows.UserIsSeen);
        Assert.Equal([true, true, false], rows.ItemIsSeen);
    }

    [Fact]
    public void OfRatings_ConstantRatings_SaysWhatToUse()
    {
        var exception = Assert.Throws<TrainingException>(() => TrainingRows.OfRatings(NamedKinds.Dataset((1, 10, "rating", 5), (2, 20, "rating", 5), (3, 10, "rating", 5))));

        Assert.Contains("all 5", exception.Message, StringComparison.Ordinal);
        Assert.Contains("one-class", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfRatings_NoRatings_SaysWhatToUse()
    {
        var exception = Assert.Throws<TrainingException>(() => TrainingRows.OfRatings(NamedKinds.Dataset((1, 10, "view", 0))));

        Assert.Contains("one-class", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfPositives_NegativeAndCancelledPairs_AreLeftOut()
    {
        // The default weights: like 4 + dislike -4 = 0, so user 2 says nothing of item 10.
        var rows = TrainingRows.OfPositives(NamedKinds.Dataset(
            (1, 10, "view", 0), (1, 20, "dislike", 0), (2, 10, "like", 0), (2, 10, "dislike", 0), (3, 30, "purchase", 0)));

        Assert.Equal([0u, 2u], rows.Users);
        Assert.Equal([0u, 2u], rows.Items);
        Assert.Equal([1f, 1f], rows.Labels);
        Assert.Equal([true, false, true], rows.UserIsSeen);
        Assert.Equal([true, false, true], rows.ItemIsSeen);
    }

    [Fact]
    public void OfPositives_RepeatedPair_IsOneRow()
    {
        var rows = TrainingRows.OfPositives(NamedKinds.Dataset((1, 10, "view", 0), (1, 10, "view", 0), (1, 10, "purchase", 0)));

        Assert.Equal(1, rows.Count);
    }

    [Fact]
    public void OfPositives_OnlyDislikes_Throws() =>
        Assert.Throws<TrainingException>(() => TrainingRows.OfPositives(NamedKinds.Dataset((1, 10, "dislike", 0))));
}
