using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Data;

public sealed class PositiveInteractionsTests
{
    /// <summary>Item 0 has two users, item 1 only a negative weight, items 2 and 3 one user each.</summary>
    private static SparseMatrix Weights => SparseMatrix.FromEntries(3, 4, [0, 0, 1, 1, 2], [0, 1, 0, 3, 2], [2, -1, 5, 3, 4]);

    [Fact]
    public void UserItems_NegativeWeights_AreLeftOut()
    {
        var interactions = new PositiveInteractions(Weights, binary: false);

        Assert.Equal([0, 2, 3], interactions.ItemIndexes);
        Assert.Equal([(0, 0, 2f), (1, 0, 5f), (1, 2, 3f), (2, 1, 4f)], interactions.UserItems.Entries());
        Assert.Equal([(0, 0, 2f), (0, 1, 5f), (1, 2, 4f), (2, 1, 3f)], interactions.ItemUsers.Entries());
    }

    [Fact]
    public void UserItems_Binary_CountsEveryPairAsOne()
    {
        var interactions = new PositiveInteractions(Weights, binary: true);

        Assert.Equal([(0, 0, 1f), (1, 0, 1f), (1, 2, 1f), (2, 1, 1f)], interactions.UserItems.Entries());
    }

    [Fact]
    public void UserItems_UserDiscount_CountsLongHistoriesLess()
    {
        // Users of 1, 1 and 2 items. With a discount of 1 an item of theirs counts 1, 1 and 1/2, in all 1 + 1 + 2/2 = 3 where it were 4: 4/3, 4/3, 2/3.
        var interactions = new PositiveInteractions(Weights, binary: true, userDiscount: 1);

        Assert.Equal([4 / 3f, 2 / 3f, 2 / 3f, 4 / 3f], interactions.UserItems.Entries().Select(entry => entry.Value * entry.Value), (left, right) => MathF.Abs(left - right) < 1e-6f);
        Assert.Equal(interactions.UserItems.Entries().OrderBy(entry => entry.Column).Select(entry => entry.Value), interactions.ItemUsers.Entries().Select(entry => entry.Value));
    }
}
