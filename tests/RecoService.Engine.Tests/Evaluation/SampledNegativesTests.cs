using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class SampledNegativesTests
{
    /// <summary>Twenty items; user 0 has 0..4, user 1 has 0..17, user 2 nothing.</summary>
    private static readonly InteractionDataset Train = Datasets.OfPurchases(
        [.. Enumerable.Range(0, 5).Select(item => (0, item)), .. Enumerable.Range(0, 18).Select(item => (1, item)), (2, 18), (2, 19)]);

    private static readonly SparseMatrix Relevant = SparseMatrix.FromEntries(3, 20, [0, 0, 1], [5, 6, 18], [1, 1, 1]);

    [Fact]
    public void Draw_TwoPerRelevant_AddsSoManyThatTheUserDoesNotHave()
    {
        var candidates = SampledNegatives.Draw(Train, Relevant, 2, seed: 1);

        var first = candidates.RowColumns(0).ToArray();
        Assert.Equal(6, first.Length);
        Assert.Contains(5, first);
        Assert.Contains(6, first);
        Assert.DoesNotContain(first, item => item < 5);

        // User 1 has all but 18 and 19: one relevant and the only other.
        Assert.Equal([18, 19], candidates.RowColumns(1).ToArray());
        Assert.Equal(0, candidates.RowLength(2));
    }

    [Fact]
    public void Draw_SameSeedAndAnother_IsTheSameAndAnother()
    {
        Assert.Equal(SampledNegatives.Draw(Train, Relevant, 3, 1).Entries(), SampledNegatives.Draw(Train, Relevant, 3, 1).Entries());
        Assert.NotEqual(SampledNegatives.Draw(Train, Relevant, 3, 1).Entries(), SampledNegatives.Draw(Train, Relevant, 3, 2).Entries());
    }
}
